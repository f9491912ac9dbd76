import type { WebClient } from '@slack/web-api';
import type { Deps } from '../../handlers/deps.ts';
import { DEPLOY_CARD } from '../../store/cards.ts';
import { inTime } from '../client/in-time.ts';

const ASK_MS = 3000;
const MOST_KEPT = 500;

/** Reads the address of a deploy's card from Slack; undefined while it has none, or Slack does not say. Never rejects. */
export function createCardAddress(
  client: Pick<WebClient, 'chat'>,
  { store, log }: Pick<Deps, 'log' | 'store'>,
): (id: string) => Promise<string | undefined> {
  const known = new Map<string, string>();
  return async (id) => {
    try {
      const card = await store.cards.get(id, DEPLOY_CARD);
      if (!card) return undefined;
      const key = `${card.channel} ${card.ts}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const { permalink } = await inTime(
        client.chat.getPermalink({ channel: card.channel, message_ts: card.ts }),
        ASK_MS,
      );
      if (permalink === undefined) return undefined;
      if (known.size >= MOST_KEPT) known.clear();
      known.set(key, permalink);
      return permalink;
    } catch (error) {
      log.debug({ card: id, err: error }, 'Slack did not say where a card is');
      return undefined;
    }
  };
}
