import { isObject } from '../../../src/slack/block-kit/checks.ts';
import { checkMessage } from '../../../src/slack/block-kit/limits.ts';
import { APP, BOT_ID, BOT_USER, TEAM } from '../defaults.ts';
import type { Content, Message, Metadata } from '../state.ts';
import { type Fields, json, type Outcome, text } from './fields.ts';
import { type Api, type Method, refuse, refuseProblems, writable } from './types.ts';

const MOST_UPDATE_TEXT = 4000;
const MOST_ATTACHMENTS = 100;

export const chat: Readonly<Record<string, Method>> = {
  'chat.postMessage'(fields, api) {
    const place = writable(text(fields, 'channel'), api, true);
    if (typeof place === 'string') return refuse(place);
    const content = contentOf(fields);
    if ('ok' in content) return content;
    const threadTs = text(fields, 'thread_ts') || undefined;
    const message = api.state.add({ channel: place.id, author: BOT_USER, threadTs, ...content });
    return { ok: true, channel: place.id, ts: message.ts, message: wireMessage(message) };
  },
  'chat.postEphemeral'(fields, api) {
    const place = writable(text(fields, 'channel'), api, true);
    if (typeof place === 'string') return refuse(place);
    const onlyFor = text(fields, 'user');
    if (!api.state.isMember(place.id, onlyFor)) return refuse('user_not_in_channel');
    const content = contentOf(fields);
    if ('ok' in content) return content;
    const threadTs = text(fields, 'thread_ts') || undefined;
    const message = api.state.add({ channel: place.id, author: BOT_USER, threadTs, onlyFor, ...content });
    return { ok: true, message_ts: message.ts };
  },
  'chat.update'(fields, api) {
    const found = lasting(fields, api, 'cant_update_message');
    if ('ok' in found) return found;
    if (text(fields, 'text').length > MOST_UPDATE_TEXT) return refuse('msg_too_long');
    // A text without blocks removes the blocks.
    const content = contentOf(fields);
    if ('ok' in content) return content;
    const message = api.state.edit(found, content);
    if (!message) return refuse('message_not_found');
    const { channel, ts } = message;
    return { ok: true, channel, ts, text: message.text, message: wireMessage(message) };
  },
  'chat.delete'(fields, api) {
    const found = lasting(fields, api, 'cant_delete_message');
    if ('ok' in found) return found;
    api.state.remove(found);
    return { ok: true, channel: found.channel, ts: found.ts };
  },
  'chat.getPermalink'(fields, { state }) {
    const channel = text(fields, 'channel');
    if (!state.channels.has(channel)) return refuse('channel_not_found');
    const message = state.find(channel, text(fields, 'message_ts'));
    if (!message || message.ephemeral) return refuse('message_not_found');
    const permalink = `https://fairlead.slack.com/archives/${channel}/p${message.ts.replace('.', '')}`;
    return { ok: true, channel, permalink };
  },
};

/** The metadata after an update: without any it is kept; an empty object removes it. */
function metadataOf(fields: Fields): { metadata?: Metadata | undefined } | { refused: string } {
  if (fields['metadata'] === undefined || fields['metadata'] === '') return {};
  const given = json(fields, 'metadata');
  if (!isObject(given)) return { refused: 'invalid_metadata_format' };
  if (Object.keys(given).length === 0) return { metadata: undefined };
  const { event_type, event_payload, ...rest } = given;
  const isWhole = typeof event_type === 'string' && event_type !== '' && isObject(event_payload);
  if (!isWhole || Object.keys(rest).length > 0) return { refused: 'invalid_metadata_schema' };
  return { metadata: { event_type, event_payload } };
}

/** A message as it is in payloads and answers. */
export function wireMessage(message: Message): Record<string, unknown> {
  const app = message.author === BOT_USER ? { bot_id: BOT_ID, app_id: APP } : {};
  return {
    type: 'message',
    user: message.author,
    ts: message.ts,
    team: TEAM,
    ...app,
    text: message.text,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(message.edited > 0 ? { edited: { user: message.author, ts: message.ts } } : {}),
  };
}

/** Finds a message of the bot that is not ephemeral: Slack finds no others. */
function lasting(fields: Fields, { state }: Api, notOurs: string): Message | Outcome {
  const channel = text(fields, 'channel');
  if (!state.channels.has(channel)) return refuse('channel_not_found');
  const message = state.find(channel, text(fields, 'ts'));
  if (!message || message.ephemeral) return refuse('message_not_found');
  return message.author === BOT_USER ? message : refuse(notOurs);
}

function contentOf(fields: Fields): Content | Outcome {
  const body = text(fields, 'text');
  const given = fields['blocks'];
  const blocks = given === undefined || given === '' ? [] : json(fields, 'blocks');
  if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
  const attachments = json(fields, 'attachments');
  const attached = Array.isArray(attachments) ? attachments.length : 0;
  if (attached > MOST_ATTACHMENTS) return refuse('too_many_attachments');
  if (body === '' && blocks.length === 0 && attached === 0) return refuse('no_text');
  const problems = checkMessage({ text: body, blocks });
  if (problems.some((problem) => problem.pointer === '/text')) return refuse('msg_too_long');
  if (problems.length > 0) return refuseProblems('invalid_blocks', problems);
  const metadata = metadataOf(fields);
  return 'refused' in metadata ? refuse(metadata.refused) : { text: body, blocks, ...metadata };
}
