import type { Deployment } from '../../store/deployment.ts';

/** How much of the time between two looks counts: a process that stood still meanwhile has not been listening. */
const MOST_PER_LOOK_MS = 5000;

type Held = Pick<Deployment, 'id' | 'owner' | 'attempt' | 'heartbeatAt'>;

interface Heard {
  readonly lease: string;
  readonly silentMs: number;
  readonly lookedAt: number;
}

/**
 * Tells for how long the owner of a running deployment has written no heartbeat, in milliseconds, as seen by this process
 * since it first looked. Only whether the heartbeat changes counts, never what time it says: no clock that is set, here or
 * on another machine, makes a living owner look dead or a dead one alive.
 *
 * `monotonic` is a clock of milliseconds that nobody sets.
 */
export function createSilence(monotonic: () => number): (running: readonly Held[]) => ReadonlyMap<string, number> {
  let heard = new Map<string, Heard>();
  return (running) => {
    const now = monotonic();
    heard = new Map(
      running.map(({ id, owner, attempt, heartbeatAt }) => {
        const lease = JSON.stringify([owner, attempt, heartbeatAt]);
        const before = heard.get(id);
        if (before?.lease !== lease) return [id, { lease, silentMs: 0, lookedAt: now }];
        const listened = Math.min(now - before.lookedAt, MOST_PER_LOOK_MS);
        return [id, { lease, silentMs: before.silentMs + listened, lookedAt: now }];
      }),
    );
    return new Map([...heard].map(([id, { silentMs }]) => [id, silentMs]));
  };
}
