import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

/** A function: as many sandboxes as it has events at once. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** SIGKILL to all sandboxes, with an event or without, as when a machine fails. Resolves to how many they were, once they are gone. */
  kill(): Promise<number>;
  /** Whether one of its sandboxes ended by itself. */
  hasCrashed(): boolean;
  /** Resolves when it has no event. */
  idle(): Promise<void>;
  end(): Promise<void>;
}

export function createFunction(options: SandboxOptions): LambdaFunction {
  const all = new Set<Sandbox>();
  const free: Sandbox[] = [];
  const busy = new Map<Sandbox, Promise<unknown>>();
  let isEnded = false;
  let hasCrashed = false;
  const look = (sandbox: Sandbox) => {
    hasCrashed ||= sandbox.hasCrashed();
  };
  const take = async (): Promise<Sandbox> => {
    for (;;) {
      const sandbox = free.pop();
      if (!sandbox) break;
      if (!sandbox.isGone()) return sandbox;
      look(sandbox);
      all.delete(sandbox);
    }
    const sandbox = await startSandbox(options);
    all.add(sandbox);
    return sandbox;
  };
  return {
    async invoke(event) {
      if (isEnded) throw new Error('The function is gone.');
      const sandbox = await take();
      const work = sandbox.invoke(event);
      busy.set(sandbox, work);
      try {
        return await work;
      } finally {
        busy.delete(sandbox);
        if (!sandbox.isGone()) free.push(sandbox);
      }
    },
    async kill() {
      const living = [...all].filter((sandbox) => !sandbox.isGone());
      await Promise.all(living.map((sandbox) => sandbox.end()));
      return living.length;
    },
    hasCrashed() {
      all.forEach(look);
      return hasCrashed;
    },
    async idle() {
      while (busy.size > 0) await Promise.allSettled(busy.values());
    },
    async end() {
      isEnded = true;
      await Promise.all([...all].map((sandbox) => sandbox.end()));
    },
  };
}
