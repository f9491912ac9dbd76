import { messageOf } from '../domain/errors.ts';
import type { Deps } from '../handlers/deps.ts';
import { logHead } from './audit-head.ts';

/** What outlasts requests: deployments, expiries and reminders, cards and notes that Slack does not have yet. */
export interface Worker {
  /** Carries on what a process before this one left, and looks for more from then on. Slack need not be there. */
  start(): void;
  /** Slack is there, for the first time or again: what it does not have yet is sent. */
  catchUp(): void;
  /** Whether nothing is lost when the process ends: no deployment is open. */
  isIdle(): Promise<boolean>;
  /** Rolls back what is being carried out; the rest is left to the next worker. */
  stop(): Promise<void>;
}

/** Messages of Slack's that are to show what is stored. */
export interface Messages {
  catchUp(): Promise<void>;
}

export function createWorker(
  { runner, store, log }: Pick<Deps, 'runner' | 'store' | 'log'>,
  messages: Messages,
): Worker {
  return {
    start: () => runner.start(),
    catchUp() {
      messages
        .catchUp()
        .catch((error) => log.error({ err: messageOf(error) }, 'The cards could not be looked through'));
    },
    isIdle: async () => (await store.deployments.running()).length === 0,
    async stop() {
      await runner.stop();
      await logHead({ store, log });
    },
  };
}
