import { UserError } from '../errors.ts';
import { connectEngine } from './connect.ts';
import { type Engine, type EngineAddress, EngineError } from './engine.ts';
import { engineError } from './faults.ts';
import type { Limits } from './limits.ts';

export type HostOutcome<T> =
  | { readonly host: string; readonly ok: true; readonly value: T; readonly ms: number }
  | { readonly host: string; readonly ok: false; readonly error: EngineError; readonly ms: number };

export interface Hosts {
  readonly names: readonly string[];
  engine(host: string): Engine;
  /** Runs `work` on every named host at once. Each has its own deadline, so a dead one delays nobody's own work. */
  each<T>(
    names: readonly string[],
    work: (engine: Engine, host: string) => Promise<T>,
    options: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<HostOutcome<T>[]>;
  close(): Promise<void>;
}

/** How long a read may take before its host is named as the one that did not answer. */
const DEADLINE_MS = 10_000;
/** A host that was dead just now is not waited for again; it is asked anew after this. */
const DEAD_FOR_MS = 5000;

export function openHosts(addresses: ReadonlyMap<string, EngineAddress>, limits: Limits): Hosts {
  const engines = new Map([...addresses].map(([host, address]) => [host, connectEngine(address)]));
  const dead = new Map<string, { readonly error: EngineError; readonly until: number }>();
  const engine = (host: string): Engine => {
    const found = engines.get(host);
    if (!found) throw new UserError('host_unknown', `There is no host ${host}.`);
    return found;
  };
  const one = async <T>(
    host: string,
    work: (engine: Engine, host: string) => Promise<T>,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<HostOutcome<T>> => {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    const known = dead.get(host);
    if (known && known.until > performance.now()) return { host, ok: false, error: known.error, ms: 0 };
    dead.delete(host);
    if (signal.aborted) return { host, ok: false, error: new EngineError('aborted', 'Stopped.'), ms: 0 };
    try {
      const value = await limits.onHost(host, () => within(work(engine(host), host), deadlineMs));
      return { host, ok: true, value, ms: ms() };
    } catch (error) {
      // A mistake of the person is not this host's failure.
      if (error instanceof UserError) throw error;
      const fault = engineError(error);
      if (fault.fault === 'unreachable' || fault.fault === 'timeout')
        dead.set(host, { error: fault, until: performance.now() + DEAD_FOR_MS });
      return { host, ok: false, error: fault, ms: ms() };
    }
  };
  return {
    names: [...addresses.keys()],
    engine,
    each: (names, work, { signal, deadlineMs = DEADLINE_MS }) =>
      Promise.all(names.map((host) => one(host, work, deadlineMs, signal))),
    async close() {
      await Promise.allSettled([...engines.values()].map((item) => item.close()));
    },
  };
}

function within<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new EngineError('timeout', `No answer within ${deadlineMs / 1000} s.`)),
      deadlineMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
