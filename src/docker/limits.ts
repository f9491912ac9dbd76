import { AsyncResource } from 'node:async_hooks';
import Bottleneck from 'bottleneck';
import { UserError } from '../errors.ts';

export interface Limits {
  /** Runs `work` when the host has room. Refused, not queued, once too many wait. */
  onHost<T>(host: string, work: () => Promise<T>): Promise<T>;
  /** Takes one command from a person's budget; refused at once with the time to wait. */
  spend(person: string): { readonly ok: true } | { readonly ok: false; readonly waitMs: number };
  /** Waits until what runs has ended, at most so long. */
  drain(deadlineMs: number): Promise<void>;
}

export interface LimitSettings {
  readonly perHost: number;
  readonly overall: number;
  readonly waiting: number;
  readonly budget: { readonly commands: number; readonly perMs: number };
}

export function createLimits(settings: LimitSettings): Limits {
  const all = new Bottleneck({ maxConcurrent: settings.overall });
  const hosts = new Map<string, Bottleneck>();
  const limiterOf = (host: string): Bottleneck => {
    const known = hosts.get(host);
    if (known) return known;
    // OVERFLOW refuses the newest; the default would drop the one that has waited longest.
    const limiter = new Bottleneck({
      maxConcurrent: settings.perHost,
      highWater: settings.waiting,
      strategy: Bottleneck.strategy.OVERFLOW,
    });
    limiter.chain(all);
    hosts.set(host, limiter);
    return limiter;
  };
  const spent = new Map<string, number[]>();
  return {
    async onHost<T>(host: string, work: () => Promise<T>): Promise<T> {
      try {
        // Bottleneck would run every job in the async context of whoever came first.
        return await limiterOf(host).schedule(AsyncResource.bind(work) as () => Promise<T>);
      } catch (error) {
        if (!(error instanceof Bottleneck.BottleneckError)) throw error;
        throw new UserError('busy', `${host} has ${settings.waiting} calls waiting already.`, 'Try again in a minute.');
      }
    },
    spend(person) {
      const now = performance.now();
      const { commands, perMs } = settings.budget;
      const recent = (spent.get(person) ?? []).filter((at) => at > now - perMs);
      if (recent.length >= commands) return { ok: false, waitMs: (recent[0] as number) + perMs - now };
      spent.set(person, [...recent, now]);
      return { ok: true };
    },
    async drain(deadlineMs) {
      const stopping = Promise.allSettled(
        [...hosts.values()].map((limiter) => limiter.stop({ dropWaitingJobs: false })),
      );
      await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
    },
  };
}
