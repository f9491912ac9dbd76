import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import { isAway } from '../block-kit/refusals.ts';
import type { Way } from './ways.ts';

/** Tries ways until one is taken; false where none was. Rejects where Slack is away. */
export async function inTurn(
  ways: readonly Way[],
  say: (way: Way) => Promise<unknown>,
  { log }: Pick<Deps, 'log'>,
): Promise<boolean> {
  for (const [index, way] of ways.entries()) {
    try {
      await say(way);
      return true;
    } catch (error) {
      const isLast = index === ways.length - 1;
      if (isLast && isAway(error)) throw error;
      log.warn({ err: messageOf(error) }, 'A person could not be told there that a request was not answered');
    }
  }
  return false;
}
