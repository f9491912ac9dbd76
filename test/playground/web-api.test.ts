import type { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { CHANNELS, createManualClock, SCOPES } from '../../playground/server/index.ts';
import { bare, clientOf, codeOf, DEV, go, OPS, STAGING } from './app.ts';

const RANDOM = 'C0RANDOM';
const modal = (title = 'Title') => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: title },
  blocks: [{ type: 'divider' as const }],
});

const HIDDEN = { id: 'C0HIDDEN', name: 'hidden', members: ['U0DEV1'], private: true };
const SECRET = { ...HIDDEN, id: 'C0SECRET', members: ['U0DEV1', 'U0FAIRLEAD'] };

describe('tokens and scopes', () => {
  it('shows a private channel only to its members, with a scope of its own', async () => {
    const channels = [...CHANNELS, HIDDEN, SECRET];
    const info = (it: { client: WebClient }, channel: string) => codeOf(it.client.conversations.info({ channel }));
    await using may = await bare({ channels });
    await using mayNot = await bare({ channels, scopes: SCOPES.filter((scope) => scope !== 'groups:read') });

    expect(await info(may, 'C0HIDDEN')).toBe('channel_not_found');
    expect(await info(may, 'C0SECRET')).toBe('ok');
    expect(await info(mayNot, 'C0HIDDEN')).toBe('channel_not_found');
    expect(await info(mayNot, 'C0SECRET')).toBe('missing_scope');
  });

  it('takes the right token for the method, in the header or the body', async () => {
    await using it = await bare();
    const { bot, app } = it.slack.tokens;
    const open = (token: string) => codeOf(clientOf(it.slack, token).apps.connections.open({}));
    const test = (token: string) => codeOf(clientOf(it.slack, token).auth.test());
    expect([await test(bot), await test(app), await test('xoxb-local')]).toEqual([
      'ok',
      'invalid_auth',
      'invalid_auth',
    ]);
    expect([await open(app), await open(bot)]).toEqual(['ok', 'invalid_auth']);
    const plain = (body: object) =>
      fetch(`${it.slack.apiUrl}auth.test`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((answer) => answer.json());
    expect(await plain({})).toMatchObject({ ok: false, error: 'not_authed' });
    expect(await plain({ token: bot })).toMatchObject({ ok: true });
  });

  it('says who the bot is and what it may do', async () => {
    await using it = await bare({ scopes: ['chat:write', 'commands'] });
    const who = await it.client.auth.test();
    expect(who).toMatchObject({ user_id: 'U0FAIRLEAD', team_id: 'T0FAIRLEAD', bot_id: 'B0FAIRLEAD', user: 'fairlead' });
    expect(who.response_metadata?.scopes).toEqual(['chat:write', 'commands']);
  });

  it('does not know other methods', async () => {
    await using it = await bare();
    expect(await codeOf(it.client.apiCall('chat.nope'))).toBe('unknown_method');
    expect(await codeOf(it.client.apiCall('toString'))).toBe('unknown_method');
  });

  it.each([
    ['chat:write', (client: WebClient) => client.chat.postMessage({ channel: STAGING, text: 'x' })],
    ['chat:write', (client: WebClient) => client.chat.postEphemeral({ channel: STAGING, user: DEV, text: 'x' })],
    ['usergroups:read', (client: WebClient) => client.usergroups.users.list({ usergroup: 'S0ONCALL' })],
    ['usergroups:read', (client: WebClient) => client.usergroups.list()],
    ['users:read', (client: WebClient) => client.users.info({ user: DEV })],
    ['channels:read', (client: WebClient) => client.conversations.info({ channel: STAGING })],
    ['channels:read', (client: WebClient) => client.conversations.members({ channel: STAGING })],
    ['files:write', (client: WebClient) => client.files.getUploadURLExternal({ filename: 'a', length: 1 })],
  ])('needs %s', async (scope, call) => {
    const others = [...SCOPES, 'users:read'].filter((one) => one !== scope);
    await using without = await bare({ scopes: others });
    await using with_ = await bare({ scopes: [...others, scope] });

    const refused = await call(without.client).catch((error: { data: unknown }) => error.data);

    expect(refused).toMatchObject({ ok: false, error: 'missing_scope', needed: scope, provided: others.join(',') });
    expect(await codeOf(call(with_.client))).toBe('ok');
  });
});

describe('chat', () => {
  it('posts where the bot is, and in the direct messages with a person', async () => {
    await using it = await bare();
    const post = (channel: string) => it.client.chat.postMessage({ channel, text: 'x' });
    expect([
      await codeOf(post(STAGING)),
      await codeOf(post(RANDOM)),
      await codeOf(post('C0NONE')),
      await codeOf(post('U0NONE')),
    ]).toEqual(['ok', 'not_in_channel', 'channel_not_found', 'channel_not_found']);
    expect(await post(DEV)).toMatchObject({ channel: 'D0DEV1', message: { text: 'x', user: 'U0FAIRLEAD' } });
    expect(it.slack.messages({ channel: 'D0DEV1', as: DEV })).toMatchObject([{ text: 'x' }]);
    expect(it.slack.messages({ channel: 'D0DEV1', as: OPS })).toEqual([]);
  });

  it('keeps the metadata of a message until an update has other, or an empty one', async () => {
    await using it = await bare();
    const metadata = (id: string) => ({ event_type: 'card', event_payload: { id } });
    const post = (more: object) =>
      codeOf(it.client.apiCall('chat.postMessage', { channel: STAGING, text: 'x', ...more }));
    expect(await post({ metadata: '{no' })).toBe('invalid_metadata_format');
    expect(await post({ metadata: { event_type: 'card' } })).toBe('invalid_metadata_schema');
    expect(await post({ metadata: { ...metadata('1'), more: 1 } })).toBe('invalid_metadata_schema');
    const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'x', metadata: metadata('1') });
    const update = (more: object) => it.client.apiCall('chat.update', { channel: STAGING, ts, text: 'y', ...more });
    const kept = () => it.slack.messages({ channel: STAGING, as: DEV }).at(-1)?.metadata;

    await update({});
    expect(kept()).toEqual(metadata('1'));
    await update({ metadata: metadata('2') });
    expect(kept()).toEqual(metadata('2'));
    await update({ metadata: {} });
    expect(kept()).toBeUndefined();
  });

  it('wants text or blocks, and not too much of either', async () => {
    await using it = await bare();
    const post = (body: object) => codeOf(it.client.apiCall('chat.postMessage', { channel: STAGING, ...body }));
    expect(await post({})).toBe('no_text');
    expect(await post({ text: 'x'.repeat(40_000) })).toBe('ok');
    expect(await post({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await post({ text: 'x', blocks: '{no' })).toBe('invalid_blocks_format');
    expect(await post({ text: 'x', attachments: Array.from({ length: 101 }, () => ({ text: 'a' })) })).toBe(
      'too_many_attachments',
    );
  });

  it('refuses the whole message for one wrong block, and says where', async () => {
    await using it = await bare();
    const blocks = [{ type: 'divider' }, { type: 'section', text: { type: 'mrkdwn', text: '' } }];
    const refused = await it.client
      .apiCall('chat.postMessage', { channel: STAGING, text: 'x', blocks })
      .catch((error: { data: unknown }) => error.data);
    expect(refused).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/1/text/text]'] },
    });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
  });

  it('shows an ephemeral message to a member only, and never updates it', async () => {
    await using it = await bare({ channels: [{ id: STAGING, name: 'staging', members: [DEV, 'U0FAIRLEAD'] }] });
    const { message_ts: ts = '' } = await it.client.chat.postEphemeral({ channel: STAGING, user: DEV, text: 'x' });
    expect(await codeOf(it.client.chat.postEphemeral({ channel: STAGING, user: OPS, text: 'x' }))).toBe(
      'user_not_in_channel',
    );
    expect(await codeOf(it.client.chat.update({ channel: STAGING, ts, text: 'y' }))).toBe('message_not_found');
    expect(await codeOf(it.client.chat.delete({ channel: STAGING, ts }))).toBe('message_not_found');
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([{ text: 'x', ephemeral: true }]);
  });

  it('updates its own messages: text alone takes the blocks away', async () => {
    await using it = await bare();
    const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'x', blocks: [go()] });
    const theirs = (await it.slack.type({ person: DEV, channel: STAGING, text: 'mine' })).ts ?? '';
    const update = (body: object) => codeOf(it.client.apiCall('chat.update', { channel: STAGING, ts, ...body }));

    expect(await update({ text: 'x'.repeat(4000), blocks: [go()] })).toBe('ok');
    expect(await update({ text: 'x'.repeat(4001) })).toBe('msg_too_long');
    expect(await update({ text: 'x', ts: '1.1' })).toBe('message_not_found');
    expect(await update({ text: 'x', ts: theirs })).toBe('cant_update_message');
    expect(await update({ text: 'x', channel: DEV })).toBe('channel_not_found');
    expect(await update({ text: 'x', blocks: [{ type: 'nope' }] })).toBe('invalid_blocks');
    expect(it.slack.messages({ channel: STAGING, as: DEV })[0]).toMatchObject({
      edited: 1,
      blocks: [{ type: 'actions' }],
    });
    expect(await update({ text: 'bare' })).toBe('ok');
    expect(it.slack.messages({ channel: STAGING, as: DEV })[0]).toMatchObject({ text: 'bare', edited: 2, blocks: [] });
  });

  it('deletes its own messages', async () => {
    await using it = await bare();
    const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'x' });
    const theirs = (await it.slack.type({ person: DEV, channel: STAGING, text: 'mine' })).ts ?? '';
    expect(await codeOf(it.client.chat.delete({ channel: STAGING, ts: theirs }))).toBe('cant_delete_message');
    expect(await codeOf(it.client.chat.delete({ channel: STAGING, ts }))).toBe('ok');
    expect(it.slack.messages({ channel: STAGING, as: DEV }).map((message) => message.text)).toEqual(['mine']);
  });
});

describe('people, channels and groups', () => {
  it('knows them', async () => {
    await using it = await bare({ scopes: [...SCOPES, 'users:read', 'im:read'] });
    const { client, slack } = it;
    expect((await client.users.info({ user: DEV })).user).toMatchObject({ id: DEV, name: 'dana', is_bot: false });
    expect(await codeOf(client.users.info({ user: 'U0NONE' }))).toBe('user_not_found');
    expect((await client.conversations.info({ channel: RANDOM })).channel).toMatchObject({
      name: 'random',
      is_member: false,
    });
    expect((await client.conversations.members({ channel: RANDOM })).members).toEqual([
      'U0DEV1',
      'U0OPS1',
      'U0VIEW1',
      'U0OUT1',
    ]);
    expect(await codeOf(client.conversations.info({ channel: 'C0NONE' }))).toBe('channel_not_found');
    expect((await client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual([OPS]);
    expect(await codeOf(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
    slack.setUserGroup('S0ONCALL', [DEV]);
    expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { id: 'S0ONCALL', handle: 'oncall', users: [DEV] },
    ]);
  });
});

describe('views', () => {
  it('opens once for a trigger, within three seconds', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    await using app = await triggers(it.slack);
    const [first, late] = [await app.trigger(), await app.trigger()];
    const open = (trigger_id: string, view: object = modal()) =>
      codeOf(it.client.apiCall('views.open', { trigger_id, view }));

    expect(await open('nonsense')).toBe('invalid_trigger_id');
    expect(await open(first, modal('x'.repeat(25)))).toBe('invalid_arguments');
    clock.advance(3000);
    expect(await open(first)).toBe('ok');
    expect(await open(first)).toBe('exchanged_trigger_id');
    clock.advance(1);
    expect(await open(late)).toBe('expired_trigger_id');
    expect(it.slack.view({ person: DEV })?.body['title']).toMatchObject({ text: 'Title' });
  });

  it('stacks three, and updates by id with the right hash', async () => {
    await using it = await bare();
    await using app = await triggers(it.slack);
    const { view } = await it.client.views.open({ trigger_id: await app.trigger(), view: modal('1') });
    for (const title of ['2', '3']) await it.client.views.push({ trigger_id: await app.trigger(), view: modal(title) });
    expect(await codeOf(it.client.views.push({ trigger_id: await app.trigger(), view: modal('4') }))).toBe(
      'push_limit_reached',
    );
    expect(it.slack.view({ person: DEV })).toMatchObject({ root: view?.id, body: { title: { text: '3' } } });

    const view_id = view?.id ?? '';
    expect(await codeOf(it.client.views.update({ view_id: 'V0', view: modal() }))).toBe('not_found');
    expect(await codeOf(it.client.views.update({ view_id, hash: 'old', view: modal() }))).toBe('hash_conflict');
    const updated = await it.client.views.update({ view_id, hash: view?.hash ?? '', view: modal('1b') });
    expect(updated.view).toMatchObject({ id: view_id, title: { text: '1b' } });
    expect(updated.view?.hash).not.toBe(view?.hash);
  });

  it('publishes a home tab', async () => {
    await using it = await bare();
    const publish = (user_id: string, view: object) => codeOf(it.client.apiCall('views.publish', { user_id, view }));
    expect(await publish(DEV, { type: 'home', blocks: [{ type: 'divider' }] })).toBe('ok');
    expect(await publish(DEV, modal())).toBe('invalid_arguments');
    expect(await publish('U0NONE', { type: 'home', blocks: [{ type: 'divider' }] })).toBe('user_not_found');
    expect(it.slack.home({ person: DEV })?.body).toMatchObject({ type: 'home' });
    expect(it.slack.home({ person: OPS })).toBeUndefined();
  });
});

describe('files', () => {
  it('wants the announced bytes, an upload before completion, and a channel with the bot', async () => {
    await using it = await bare();
    const { client } = it;
    const begin = async () => client.files.getUploadURLExternal({ filename: 'a.txt', length: 3 });
    const end = (id: string | undefined, channel_id: string) =>
      codeOf(client.files.completeUploadExternal({ files: [{ id: id ?? '' }], channel_id }));
    expect(await codeOf(client.files.getUploadURLExternal({ filename: 'a.txt', length: 0 }))).toBe('invalid_arguments');
    const one = await begin();
    expect(await end(one.file_id, STAGING)).toBe('file_not_found');
    const put = (body: string) => fetch(one.upload_url ?? '', { method: 'POST', body }).then((answer) => answer.status);
    expect([await put('four'), await put('abc')]).toEqual([400, 200]);
    expect(await end(one.file_id, RANDOM)).toBe('not_in_channel');
    expect(await end(one.file_id, DEV)).toBe('channel_not_found');
    expect(await end(one.file_id, STAGING)).toBe('ok');
    expect(await end(one.file_id, STAGING)).toBe('file_not_found');
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { files: [{ name: 'a.txt', title: 'a.txt', content: 'abc' }] },
    ]);
  });
});

/** Trigger ids, from commands that are typed. */
async function triggers(slack: Awaited<ReturnType<typeof bare>>['slack']) {
  const { connect } = await import('./app.ts');
  const got: string[] = [];
  const stop = await connect(slack, 'http', (app) =>
    app.command(/.*/u, async ({ ack, command }) => {
      got.push(command.trigger_id);
      await ack();
    }),
  );
  return {
    async trigger() {
      await slack.type({ person: DEV, channel: STAGING, text: '/x' });
      return got.at(-1) ?? '';
    },
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
