import { randomUUID } from 'node:crypto';
import { checkMessage } from '../../src/slack/limits.ts';
import { BOT_USER, type StoredMessage, type World } from './world.ts';

const USES = 5;
const LIFE_MS = 30 * 60_000;

interface Grant {
  readonly person: string;
  readonly channel: string;
  /** The message whose button was clicked. */
  readonly original: StoredMessage | undefined;
  readonly until: number;
  left: number;
}

export interface Reply {
  readonly text?: string;
  readonly blocks?: readonly unknown[];
  readonly response_type?: string;
  readonly replace_original?: boolean | string;
  readonly delete_original?: boolean | string;
  readonly thread_ts?: string;
}

export interface ResponseUrls {
  issue(person: string, channel: string, original?: StoredMessage): string;
  use(id: string, reply: Reply): { readonly status: number; readonly body: string };
  /** Says an acknowledgement's payload: the same words, without costing a use. */
  say(person: string, channel: string, original: StoredMessage | undefined, reply: Reply): string | undefined;
}

/** `now` is given so that half an hour can pass in a test. */
export function createResponseUrls(world: World, now: () => number): ResponseUrls {
  const grants = new Map<string, Grant>();
  const say: ResponseUrls['say'] = (person, channel, original, reply) => {
    if (String(reply.delete_original) === 'true' && original) {
      world.remove(original);
      return undefined;
    }
    if ((reply.text ?? '') === '' && !reply.blocks?.length) return 'no_text';
    const problems = checkMessage(reply);
    if (problems.length > 0) return 'invalid_blocks';
    if (String(reply.replace_original) === 'true' && original && world.messages.includes(original)) {
      original.text = reply.text ?? '';
      original.blocks = reply.blocks ?? [];
      original.edited += 1;
      world.changed();
      return undefined;
    }
    const onlyFor = reply.response_type === 'in_channel' ? undefined : person;
    world.add({
      channel,
      author: BOT_USER,
      text: reply.text ?? '',
      blocks: reply.blocks ?? [],
      onlyFor,
      threadTs: reply.thread_ts,
    });
    return undefined;
  };
  return {
    issue(person, channel, original) {
      const id = randomUUID();
      grants.set(id, { person, channel, original, until: now() + LIFE_MS, left: USES });
      return id;
    },
    use(id, reply) {
      const grant = grants.get(id);
      if (!grant) return { status: 404, body: 'no_such_url' };
      if (now() > grant.until) return { status: 404, body: 'expired_url' };
      if (grant.left === 0) return { status: 404, body: 'used_url' };
      grant.left -= 1;
      const error = say(grant.person, grant.channel, grant.original, reply);
      return error === undefined ? { status: 200, body: 'ok' } : { status: 400, body: error };
    },
    say,
  };
}
