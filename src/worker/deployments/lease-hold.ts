import { uptime } from 'node:os';
import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { type Lease, LeaseLost } from '../../store/lease.ts';

/** A process that is silent for `LEASE_MS` loses its deployments; it sends a heartbeat every `HEARTBEAT_MS`. */
export const LEASE_MS = 15_000;

const HEARTBEAT_MS = 3000;

/** Timers that come so late say that this process stood still. Another may take its lease after 6 s of silence. */
const STOOD_STILL_MS = 5000;

/** A store that takes no heartbeat for so long is given up, while there is time left to roll back under the lease. */
const UNHEARD_MS = 8000;
const LOOK_MS = 500;

/** The lease of a deployment, as the process that has it knows it. */
export interface LeaseHold {
  /** Whether the lease is surely still held, judged by this process's clock without the store. */
  isOurs(): boolean;
  /**
   * Resolves while the lease may be relied on. After this process stood still it asks the store first, and rejects with
   * `LeaseLost`, or with the store's error: then nothing more is touched.
   */
  assertHeld(): Promise<void>;
  /** Settles as a write to the store does, or rejects with `Unheard` once that takes no heartbeat either. */
  whileHeard<T>(write: Promise<T>): Promise<T>;
  /** Sends no more heartbeats. */
  end(): void;
}

/** The store does not answer. What was written may still be stored. */
export class Unheard extends Error {
  override readonly name = 'Unheard';

  constructor() {
    super(`the database has not answered for ${UNHEARD_MS / 1000} s`);
  }
}

/** Sends heartbeats of a lease that was claimed just now; `onLost` is called when another process has it. */
export function holdLease(
  lease: Lease,
  { store, log, now }: Pick<Deps, 'log' | 'now' | 'store'>,
  onLost: (error: LeaseLost) => void,
  clock = sinceBoot,
): LeaseHold {
  let beatAt = performance.now();
  let tickedAt = clock();
  /** A heartbeat counts that was sent since then. */
  let stoodStillUntil = Number.NEGATIVE_INFINITY;
  const tick = () => {
    const at = clock();
    if (at - tickedAt > STOOD_STILL_MS) {
      stoodStillUntil = performance.now();
      log.warn({ deployment: lease.deployment, ms: at - tickedAt }, 'This process stood still; its lease is checked');
    }
    tickedAt = at;
  };
  const beat = async () => {
    const at = performance.now();
    if (!(await store.deployments.heartbeat(lease, now()))) {
      const error = new LeaseLost(lease);
      onLost(error);
      throw error;
    }
    beatAt = at;
  };
  const timer = setInterval(() => {
    tick();
    beat().catch((error) => log.error({ deployment: lease.deployment, err: messageOf(error) }, 'No heartbeat'));
  }, HEARTBEAT_MS);
  return {
    isOurs: () => performance.now() - beatAt < LEASE_MS,
    async assertHeld() {
      tick();
      while (beatAt < stoodStillUntil) await beat();
    },
    async whileHeard(write) {
      const unheard = Promise.withResolvers<never>();
      const look = setInterval(() => {
        if (performance.now() - beatAt > UNHEARD_MS) unheard.reject(new Unheard());
      }, LOOK_MS);
      try {
        return await Promise.race([write, unheard.promise]);
      } finally {
        clearInterval(look);
      }
    },
    end: () => clearInterval(timer),
  };
}

/** Milliseconds since the machine started. The clock of `performance` stands still while a machine sleeps; this one does not. */
const sinceBoot = () => uptime() * 1000;
