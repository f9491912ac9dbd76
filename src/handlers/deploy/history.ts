import type { HistoryArgs } from '../../commands/deploy/history.ts';
import { handler } from '../handler.ts';
import { type DeploymentsResult, LOOKED_AT, listed } from './deployment-lines.ts';
import { underFormerName } from './planning/former-names.ts';
import { knownService } from './planning/known.ts';

export const history = handler<HistoryArgs, DeploymentsResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { service } = request.args;
  const all = await deps.store.deployments.recent({ service, limit: LOOKED_AT });
  const found = await listed(all, { service }, request, deps);
  if (found.deployments.length > 0 || found.rejections.length > 0)
    return { kind: 'deployments', service, at: deps.now(), ...found };
  knownService(service, request, deps.config);
  const former = await underFormerName(service, request.hosts, deps);
  const names = [...new Set(former.map((one) => one.service))];
  return { kind: 'deployments', service, at: deps.now(), ...found, former: names };
});
