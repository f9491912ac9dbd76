import { randomUUID } from 'node:crypto';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import type { Clock } from './clock.ts';
import { BOT_USER } from './defaults.ts';
import type { Message, State } from './state.ts';

const USES = 5;
const LIFE_MS = 30 * 60_000;

export interface Reply {
  readonly text?: string;
  readonly blocks?: readonly unknown[];
  readonly response_type?: string;
  readonly replace_original?: boolean | string;
  readonly delete_original?: boolean | string;
  readonly thread_ts?: string;
}

/** Where a response_url posts: to the person, in the channel of the command or of the clicked message. */
export interface Place {
  readonly person: string;
  readonly channel: string;
  readonly original?: Message | undefined;
  /**
   * The first answer to a slash command, which `replace_original` and `delete_original` refer to.
   */
  said?: Message | undefined;
}

export interface ResponseUrls {
  issue(place: Place): string;
  /** Uses a response_url once. A refused answer counts as a use too. */
  use(id: string, reply: Reply): { readonly status: number; readonly error?: string };
  /** Posts the message of an acknowledgement, which does not count as a use. Returns Slack's error. */
  say(place: Place, reply: Reply): string | undefined;
}

export function createResponseUrls(state: State, clock: Clock, urlOf: (id: string) => string): ResponseUrls {
  const issued = new Map<string, { place: Place; until: number; left: number }>();
  const say: ResponseUrls['say'] = (place, reply) => {
    const { person, channel, said } = place;
    const original = place.original ?? said;
    if (isYes(reply.delete_original) && original) return state.remove(original) ? undefined : 'message_not_found';
    const { text = '', blocks = [] } = reply;
    if (text === '' && blocks.length === 0) return 'no_text';
    if (checkMessage({ text, blocks }).length > 0) return 'invalid_blocks';
    if (isYes(reply.replace_original) && original)
      return state.edit(original, { text, blocks }) ? undefined : 'message_not_found';
    place.said = state.add({
      channel,
      author: BOT_USER,
      text,
      blocks,
      onlyFor: reply.response_type === 'in_channel' ? undefined : person,
      // Only the answer to a click can be in a thread: a slash command never is.
      threadTs: place.original ? reply.thread_ts : undefined,
    });
    return undefined;
  };
  return {
    issue(place) {
      const id = randomUUID();
      issued.set(id, { place, until: clock.now() + LIFE_MS, left: USES });
      return urlOf(id);
    },
    use(id, reply) {
      const grant = issued.get(id);
      if (!grant) return { status: 404, error: 'invalid_url' };
      if (clock.now() > grant.until) return { status: 404, error: 'expired_url' };
      if (grant.left === 0) return { status: 404, error: 'used_url' };
      grant.left -= 1;
      const error = say(grant.place, reply);
      if (error === undefined) return { status: 200 };
      return { status: error === 'message_not_found' ? 404 : 400, error };
    },
    say,
  };
}

function isYes(flag: boolean | string | undefined): boolean {
  return String(flag) === 'true';
}
