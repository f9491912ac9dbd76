import { messageOf } from '../domain/errors.ts';
import type { Deps } from '../handlers/deps.ts';
import { logHead } from './audit-head.ts';
import type { ChangeDelivery } from './changes/delivery.ts';

/** Work that outlasts requests: deployments, expiries, reminders, and cards and notes that are not in Slack yet. */
export interface Worker {
  /** Takes over abandoned deployments and looks for due work from then on. Does not need Slack. */
  start(): void;
  /** Sends cards and notes that are not in Slack yet; called whenever Slack is connected. */
  catchUp(): void;
  /** Whether no deployment is open, so the process may end. */
  isIdle(): Promise<boolean>;
  /** Rolls back hosts in progress; the rest is left to the next worker. */
  stop(): Promise<void>;
}

/** Slack messages that show what is stored. */
export interface Messages {
  catchUp(): Promise<void>;
}

export function createWorker(
  { runner, store, log }: Pick<Deps, 'runner' | 'store' | 'log'>,
  messages: Messages,
  changes: ChangeDelivery,
): Worker {
  return {
    start() {
      runner.start();
      changes.start();
    },
    catchUp() {
      messages
        .catchUp()
        .catch((error) => log.error({ err: messageOf(error) }, 'The cards could not be looked through'));
    },
    isIdle: async () => (await store.deployments.running()).length === 0,
    async stop() {
      await runner.stop();
      await changes.stop();
      await logHead({ store, log });
    },
  };
}
