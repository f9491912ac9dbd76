import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../telemetry.ts';

/** Tries ways in turn; Slack refusing blocks must not cost a person the answer. */
export async function tried(log: Log, ...ways: readonly (() => Promise<unknown>)[]): Promise<boolean> {
  for (const [index, way] of ways.entries()) {
    try {
      await way();
      return true;
    } catch (error) {
      const { data } = error as { data?: { error?: string; response_metadata?: unknown } };
      log.warn(
        { attempt: index + 1, err: messageOf(error), detail: data?.response_metadata },
        'Slack did not take a message',
      );
    }
  }
  return false;
}
