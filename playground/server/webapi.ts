import { checkMessage } from '../../src/slack/limits.ts';
import { APP_TOKEN, BOT_TOKEN, BOT_USER, type Channel, TEAM, type World } from './world.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Outcome = Readonly<Record<string, unknown>> & { readonly ok: boolean };

export interface Call {
  readonly method: string;
  readonly token: string;
  readonly fields: Fields;
}

export interface ApiContext {
  readonly world: World;
  readonly scopes: ReadonlySet<string>;
  /** The server's own address. */
  readonly url: string;
  readonly uploads: Map<string, { name: string; content: string }>;
  openSocketUrl(): string;
}

const SCOPES: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'usergroups.users.list': 'usergroups:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
};

const refuse = (error: string, more: object = {}): Outcome => ({ ok: false, error, ...more });

/** One Web API call, as strict as Slack: token, scope, channel, membership and blocks are checked in that order. */
export function callApi(call: Call, context: ApiContext): Outcome {
  const method = METHODS[call.method];
  if (!method) return refuse('unknown_method', { req_method: call.method });
  const wanted = call.method === 'apps.connections.open' ? APP_TOKEN : BOT_TOKEN;
  if (call.token === '') return refuse('not_authed');
  if (call.token !== wanted) return refuse('invalid_auth');
  const needed = SCOPES[call.method];
  if (needed !== undefined && !context.scopes.has(needed))
    return refuse('missing_scope', { needed, provided: [...context.scopes].join(',') });
  return method(call.fields, context);
}

const METHODS: Readonly<Record<string, (fields: Fields, context: ApiContext) => Outcome>> = {
  'auth.test': () => ({
    ok: true,
    url: 'https://fairlead.slack.test/',
    team: 'Fairlead',
    user: 'fairlead',
    team_id: TEAM,
    user_id: BOT_USER,
    bot_id: 'B0FAIRLEAD',
    is_enterprise_install: false,
  }),
  'apps.connections.open': (_, { openSocketUrl }) => ({ ok: true, url: openSocketUrl() }),
  'chat.postMessage': (fields, context) => post(fields, context, undefined),
  'chat.postEphemeral': (fields, context) => post(fields, context, text(fields, 'user')),
  'chat.update': update,
  'chat.delete'(fields, { world }) {
    const message = world.messages.find(
      (item) => item.channel === fields['channel'] && item.ts === fields['ts'] && item.onlyFor === undefined,
    );
    if (!message) return refuse('message_not_found');
    if (message.author !== BOT_USER) return refuse('cant_delete_message');
    world.remove(message);
    return { ok: true, channel: message.channel, ts: message.ts };
  },
  'usergroups.users.list'(fields, { world }) {
    const users = world.userGroups.get(text(fields, 'usergroup'));
    return users ? { ok: true, users } : refuse('no_such_subteam');
  },
  'files.getUploadURLExternal'(fields, { uploads, url }) {
    if (text(fields, 'filename') === '' || !(Number(fields['length']) > 0)) return refuse('invalid_arguments');
    const id = `F${uploads.size + 1}`;
    uploads.set(id, { name: text(fields, 'filename'), content: '' });
    return { ok: true, upload_url: `${url}/upload/${id}`, file_id: id };
  },
  'files.completeUploadExternal': completeUpload,
};

function post(fields: Fields, { world }: ApiContext, onlyFor: string | undefined): Outcome {
  const place = channelFor(fields, world);
  if (typeof place === 'string') return refuse(place);
  if (onlyFor !== undefined && !place.members.has(onlyFor)) return refuse('user_not_in_channel');
  const blocks = list(fields, 'blocks');
  const body = text(fields, 'text');
  if (body === '' && blocks.length === 0) return refuse('no_text');
  if (body.length > 40_000) return refuse('msg_too_long');
  const problems = checkMessage({ text: body, blocks });
  if (problems.length > 0)
    return refuse('invalid_blocks', {
      errors: problems.map((item) => item.message),
      response_metadata: { messages: problems.map((item) => `[ERROR] ${item.message}`) },
    });
  const message = world.add({
    channel: place.id,
    author: BOT_USER,
    text: body,
    blocks,
    onlyFor,
    threadTs: text(fields, 'thread_ts') || undefined,
  });
  return onlyFor === undefined
    ? { ok: true, channel: place.id, ts: message.ts, message: { text: body, ts: message.ts } }
    : { ok: true, message_ts: message.ts };
}

function update(fields: Fields, { world }: ApiContext): Outcome {
  const message = world.messages.find(
    (item) => item.channel === fields['channel'] && item.ts === fields['ts'] && item.onlyFor === undefined,
  );
  if (!message) return refuse('message_not_found');
  if (message.author !== BOT_USER) return refuse('cant_update_message');
  const body = text(fields, 'text');
  if (body.length > 4000) return refuse('msg_too_long');
  const blocks = list(fields, 'blocks');
  if (body === '' && blocks.length === 0) return refuse('no_text');
  const problems = checkMessage({ text: body, blocks });
  if (problems.length > 0)
    return refuse('invalid_blocks', {
      response_metadata: { messages: problems.map((item) => `[ERROR] ${item.message}`) },
    });
  message.text = body;
  message.blocks = blocks;
  message.edited += 1;
  world.changed();
  return { ok: true, channel: message.channel, ts: message.ts, text: body };
}

function completeUpload(fields: Fields, { world, uploads }: ApiContext): Outcome {
  const place = channelFor({ channel: fields['channel_id'] }, world);
  if (typeof place === 'string') return refuse(place);
  const threadTs = text(fields, 'thread_ts') || undefined;
  const message = world.add({ channel: place.id, author: BOT_USER, text: '', threadTs });
  for (const item of list(fields, 'files') as { id: string; title?: string }[]) {
    const upload = uploads.get(item.id);
    if (!upload) return refuse('file_not_found');
    message.files.push({ name: upload.name, title: item.title ?? upload.name, content: upload.content });
  }
  world.changed();
  return { ok: true, files: list(fields, 'files') };
}

// A person's id as a channel opens the direct messages with them, as in Slack.
function channelFor(fields: Fields, world: World): Channel | string {
  const id = text(fields, 'channel');
  if (/^U/u.test(id)) return world.directWith(id);
  const channel = world.channels.get(id);
  if (!channel) return 'channel_not_found';
  return channel.members.has(BOT_USER) ? channel : 'not_in_channel';
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Blocks arrive as JSON in a form field, or as a list in a JSON body. */
function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || value === '') return [];
  const parsed: unknown = JSON.parse(value);
  return Array.isArray(parsed) ? parsed : [];
}
