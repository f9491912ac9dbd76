import type { HostProgress } from '../../docker/rollout/types.ts';
import type { Listening } from '../../slack/listeners/listening.ts';
import { inContext } from '../../telemetry.ts';
import { carryOutClaimed } from '../../worker/deployments/carry-out.ts';
import { ownerName } from '../../worker/deployments/owner.ts';
import type { Turn } from '../../worker/deployments/turn.ts';
import type { Time } from './time.ts';
import { isWaiting, type Turns } from './turns.ts';

const owner = ownerName();

/** Carries one open deployment through its next wave, and lets go of it after that. */
export async function takeTurn({ deps, board }: Listening, turns: Turns, time: Time): Promise<void> {
  const { store, now } = deps;
  const open = await store.deployments.running();
  const waiting = open.filter((one) => isWaiting(one, now())).map(({ id }) => id);
  const claimed = await store.deployments.claim(owner, now(), waiting);
  if (!claimed) return deps.log.info({}, 'No deployment waits for a turn');
  const { deployment, lease } = claimed;
  const controller = new AbortController();
  if (deployment.abortBy !== undefined) controller.abort();
  const ends = time.signal();
  const end = () => controller.abort(ends.reason);
  if (ends.aborted) end();
  ends.addEventListener('abort', end, { once: true });
  const cutOff = 'The function was cut off';
  const progress = new Map<string, HostProgress>();
  const hide = turns.show(deployment.approval, progress);
  await carryOutClaimed({ deployment, lease, controller, progress, cutOff, turn: oneWave() }, deps);
  hide();
  ends.removeEventListener('abort', end);
  inContext({ deployment: deployment.id }, () => board.changed(deployment.approval, true));
}

function oneWave(): Turn {
  let waves = 0;
  return {
    mayStartWave() {
      waves += 1;
      return waves === 1;
    },
    waits: false,
  };
}
