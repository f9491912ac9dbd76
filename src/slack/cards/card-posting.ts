import type { WebClient } from '@slack/web-api';
import { code, messageOf, UserError } from '../../domain/errors.ts';
import { type Card, readCard } from '../../handlers/deploy/card/card.ts';
import type { Deps } from '../../handlers/deps.ts';
import { DEPLOY_CARD, type Unposted } from '../../store/cards.ts';
import { isGone, ownerName } from '../../worker/deployments/owner.ts';
import type { Message } from '../block-kit/message.ts';
import { codeOf, PLACES } from '../block-kit/refusals.ts';
import { inWords } from '../reply/in-words.ts';
import { hashOf, messageOfCard, metadataOf, POSTED_AGAIN, saidOfCard } from './card-messages.ts';

/** Every call to Slack ends before that. */
const POSTS_WITHIN_MS = 120_000;

interface Place {
  readonly channel: string;
  readonly thread?: string | undefined;
}

interface How {
  /** The time stamp of the message whose place it takes. */
  readonly replaces?: string;
  /** What is said above it. */
  readonly note?: string;
}

/** Posts cards. The intention is stored first: of one whose process dies meanwhile, another posts it again. */
export interface Posting {
  /** Throws a `UserError` when Slack does not take it; then nothing was asked. */
  post(id: string, place: Place): Promise<void>;
  /** Rejects with what Slack answered. */
  send(id: string, place: Place, message: Message, how?: How): Promise<void>;
  /** Posts what processes that are gone were about to post; the ids of those it posted. */
  postLeftBehind(): Promise<readonly string[]>;
}

type PostingDeps = Pick<Deps, 'config' | 'store' | 'log' | 'now' | 'runner'>;

export function createPosting(client: WebClient, depsOf: () => PostingDeps): Posting {
  const poster = ownerName();

  const send: Posting['send'] = async (id, { channel, thread }, message, { replaces, note } = {}) => {
    const deps = depsOf();
    const { store, log } = deps;
    const { answer, isWhole } = await inWords(saidOfCard(id, message, note), deps, (payload) =>
      client.chat.postMessage({
        channel,
        ...(thread === undefined ? {} : { thread_ts: thread }),
        ...metadataOf(id),
        ...payload,
      }),
    );
    const { ts } = answer;
    if (ts === undefined) throw new Error('Slack gave no time stamp.');
    const rendered = isWhole ? hashOf(message) : undefined;
    const spot = { subject: id, kind: DEPLOY_CARD, channel: answer.channel ?? channel, ts, thread, rendered };
    if (await store.cards.put({ ...spot, ...(replaces === undefined ? {} : { replaces }) })) return;
    // A click may have told where it is before Slack's answer did; or another process was first.
    if ((await store.cards.get(id, DEPLOY_CARD))?.ts === ts) return;
    await client.chat
      .delete({ channel: spot.channel, ts })
      .catch((error) => log.warn({ card: id, err: messageOf(error) }, 'A second copy of a card could not be deleted'));
  };

  const postAgain = async (left: Unposted): Promise<boolean> => {
    const { store } = depsOf();
    const { subject: id, kind } = left;
    const card = await readCard(id, depsOf());
    if (!card || isForNobody(card)) {
      await store.cards.cancelPosting(id, kind);
      return false;
    }
    if (!(await store.cards.takeOverPosting(left, poster))) return false;
    await send(id, left, messageOfCard(card), { note: POSTED_AGAIN });
    return true;
  };

  return {
    async post(id, place) {
      const { store, log } = depsOf();
      const card = await readCard(id, depsOf());
      if (!card) throw new Error(`There is no card ${id} to post.`);
      await store.cards.beginPosting({ subject: id, kind: DEPLOY_CARD, ...place, poster });
      try {
        await send(id, place, messageOfCard(card));
      } catch (error) {
        log.warn({ card: id, err: messageOf(error) }, 'A card could not be posted');
        await store.cards.cancelPosting(id, DEPLOY_CARD);
        throw unposted(codeOf(error) ?? messageOf(error));
      }
    },
    send,
    async postLeftBehind() {
      const { store, log } = depsOf();
      const posted: string[] = [];
      for (const left of await store.cards.unposted(DEPLOY_CARD)) {
        const { silentMs } = left;
        const isLeft = left.poster === poster ? silentMs > POSTS_WITHIN_MS : isGone(left.poster, silentMs);
        if (!isLeft && silentMs <= POSTS_WITHIN_MS) continue;
        try {
          if (await postAgain(left)) posted.push(left.subject);
        } catch (error) {
          log.warn({ card: left.subject, err: messageOf(error) }, 'A card could not be posted again');
        }
      }
      return posted;
    },
  };
}

/** With break-glass, nothing began without its card; and what was withdrawn is not asked any more. */
function isForNobody({ state, plan, deployment }: Card): boolean {
  return deployment === undefined && (state === 'withdrawn' || plan.breakGlass);
}

function unposted(slackSaid: string): UserError {
  return new UserError(
    'no_card',
    `The plan was made, but its card could not be posted here (Slack said ${code(slackSaid)}), so approval was not requested. Nothing changed.`,
    PLACES[slackSaid] ?? "Retry in a minute. If posting keeps failing, see Fairlead's log.",
  );
}
