import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

/** A function: as many sandboxes as it has events at once. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** Starts a sandbox ahead of any event, as provisioned concurrency does. Resolves once it stands still. */
  provision(): Promise<void>;
  /** SIGKILL to all sandboxes, with an event or without, as when a machine fails. Resolves to how many they were, once they are gone. */
  kill(): Promise<number>;
  /** Whether one of its sandboxes ended by itself. */
  hasCrashed(): boolean;
  /** Resolves when it has no event, nor is about to get one that waited for another. */
  idle(): Promise<void>;
  end(): Promise<void>;
}

export function createFunction(options: SandboxOptions): LambdaFunction {
  const all = new Set<Sandbox>();
  const free: Sandbox[] = [];
  const busy = new Set<Promise<unknown>>();
  let isEnded = false;
  let hasCrashed = false;
  const look = (sandbox: Sandbox) => {
    hasCrashed ||= sandbox.hasCrashed();
  };
  const start = async (): Promise<Sandbox> => {
    const sandbox = await startSandbox(options);
    all.add(sandbox);
    return sandbox;
  };
  const take = async (): Promise<Sandbox> => {
    for (;;) {
      const sandbox = free.pop();
      if (!sandbox) break;
      if (!sandbox.isGone()) return sandbox;
      look(sandbox);
      all.delete(sandbox);
    }
    return start();
  };
  const run = async (event: unknown) => {
    const sandbox = await take();
    try {
      return await sandbox.invoke(event);
    } finally {
      if (!sandbox.isGone()) free.push(sandbox);
    }
  };
  return {
    async invoke(event) {
      if (isEnded) throw new Error('The function is gone.');
      // From here on, not from when a sandbox has it: until then it may be killed as well.
      const work = run(event);
      busy.add(work);
      return work.finally(() => busy.delete(work));
    },
    async provision() {
      const sandbox = await start();
      await sandbox.loaded;
      free.push(sandbox);
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
      do {
        await Promise.allSettled(busy);
        await nextTurn();
      } while (busy.size > 0);
    },
    async end() {
      isEnded = true;
      await Promise.all([...all].map((sandbox) => sandbox.end()));
    },
  };
}
