import type { ListArgs } from '../../commands/language/fields.ts';
import { handler } from '../handler.ts';
import { type DeploymentsResult, LOOKED_AT, listed } from './deployment-lines.ts';

export const deployments = handler<ListArgs, DeploymentsResult>()(['now', 'store'], async (request, deps) => {
  const here = await deps.store.deployments.recent({ channel: request.channel, limit: LOOKED_AT });
  return {
    kind: 'deployments',
    service: undefined,
    at: deps.now(),
    ...(await listed(here, { channel: request.channel }, request, deps)),
  };
});
