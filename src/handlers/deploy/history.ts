import type { HistoryArgs } from '../../commands/deploy/history.ts';
import { handler } from '../handler.ts';
import { type DeploymentsResult, LOOKED_AT, listed } from './deployment-lines.ts';
import { knownService } from './planning/known.ts';

export const history = handler<HistoryArgs, DeploymentsResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { service } = request.args;
  const all = await deps.store.deployments.recent({ service, limit: LOOKED_AT });
  const found = await listed(all, { service }, request, deps);
  if (found.deployments.length === 0 && found.rejections.length === 0) knownService(service, request, deps.config);
  return { kind: 'deployments', service, at: deps.now(), ...found };
});
