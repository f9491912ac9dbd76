import { describe, expect, it } from 'vitest';
import { bench, DEV, go, type Mode, OPS, STAGING, signal } from './app.ts';

describe.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])('a Bolt app over $mode', ({ mode }) => {
  it('answers a command in its acknowledgement, to that person only', async () => {
    await using it = await bench(mode, (app) => {
      app.command('/images', async ({ ack, command }) => ack({ text: `you said ${command.text}` }));
    });

    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/images -a <x> & "y"' });

    expect(typed).toMatchObject({ ok: true, response: { text: 'you said -a <x> & "y"' } });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { text: 'you said -a <x> & "y"', ephemeral: true, onlyFor: DEV, author: 'U0FAIRLEAD' },
    ]);
    expect(it.slack.messages({ channel: STAGING, as: OPS })).toEqual([]);
  });

  it('sends exactly the fields of a slash command, and no thread', async () => {
    const got = signal<Record<string, unknown>>();
    await using it = await bench(mode, (app) => {
      app.command('/images', async ({ ack, body }) => {
        await ack();
        got.resolve({ ...body });
      });
    });

    await it.slack.type({ person: DEV, channel: STAGING, text: '/images' });

    expect(await got.promise).toEqual({
      token: 'local-verification-token',
      team_id: 'T0FAIRLEAD',
      team_domain: 'fairlead',
      channel_id: STAGING,
      channel_name: 'staging',
      user_id: DEV,
      user_name: 'dana',
      command: '/images',
      text: '',
      api_app_id: 'A0FAIRLEAD',
      is_enterprise_install: 'false',
      response_url: expect.stringContaining(`${it.slack.url}/respond/`),
      trigger_id: expect.any(String),
    });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
  });

  it('goes from a command to a button, a click by somebody else, and an update', async () => {
    await using it = await bench(mode, (app) => {
      app.command('/ask', async ({ ack, client, command }) => {
        await ack();
        await client.chat.postMessage({ channel: command.channel_id, text: 'May I?', blocks: [go('yes')] });
      });
      app.action('go', async ({ ack, body, client, action }) => {
        await ack();
        const { channel, message } = body as { channel: { id: string }; message: { ts: string } };
        const value = action.type === 'button' ? action.value : '';
        await client.chat.update({ channel: channel.id, ts: message.ts, text: `${value} by ${body.user.id}` });
      });
    });

    await it.slack.type({ person: DEV, channel: STAGING, text: '/ask' });
    const asked = await it.slack.waitFor((message) => message.text === 'May I?');
    await it.slack.click({ person: OPS, message: asked, label: 'Go' });
    const done = await it.slack.waitFor((message) => message.edited > 0);

    expect(done).toMatchObject({ ts: asked.ts, text: `yes by ${OPS}`, blocks: [], edited: 1 });
    await expect(it.slack.click({ person: OPS, message: asked, label: 'Go' })).rejects.toThrow('sees no button "Go"');
  });

  it('sends a click as Slack does, with the message unless it is ephemeral', async () => {
    const bodies: Record<string, unknown>[] = [];
    await using it = await bench(mode, (app) => {
      app.action('go', async ({ ack, body }) => {
        bodies.push({ ...body });
        await ack();
      });
    });
    const thread = (await it.client.chat.postMessage({ channel: STAGING, text: 'root' })).ts as string;
    await it.client.chat.postMessage({ channel: STAGING, text: 'all', blocks: [go('all')], thread_ts: thread });
    await it.client.chat.postEphemeral({ channel: STAGING, user: DEV, text: 'one', blocks: [go('one')] });

    await it.slack.click({ person: DEV, channel: STAGING, value: 'all' });
    await it.slack.click({ person: DEV, channel: STAGING, value: 'one' });

    const [all, one] = it.slack.messages({ channel: STAGING, as: DEV }).slice(1);
    expect(bodies[0]).toMatchObject({
      type: 'block_actions',
      user: { id: DEV, username: 'dana', team_id: 'T0FAIRLEAD' },
      team: { id: 'T0FAIRLEAD' },
      api_app_id: 'A0FAIRLEAD',
      container: { type: 'message', message_ts: all?.ts, channel_id: STAGING, is_ephemeral: false, thread_ts: thread },
      channel: { id: STAGING, name: 'staging' },
      message: { ts: all?.ts, text: 'all', blocks: all?.blocks },
      state: { values: {} },
      response_url: expect.stringContaining('/respond/'),
      trigger_id: expect.any(String),
      actions: [{ type: 'button', action_id: 'go', value: 'all', block_id: 'b0', action_ts: expect.any(String) }],
    });
    expect(bodies[1]).toMatchObject({ container: { message_ts: one?.ts, is_ephemeral: true } });
    expect(bodies[1]).not.toHaveProperty('message');
    expect(bodies[1]).not.toHaveProperty('container.thread_ts');
  });

  it('refuses clicks on what a person does not see', async () => {
    await using it = await bench(mode, () => {});
    await it.client.chat.postEphemeral({ channel: STAGING, user: DEV, text: 'one', blocks: [go()] });
    const [mine] = it.slack.messages({ channel: STAGING, as: DEV });

    await expect(it.slack.click({ person: OPS, channel: STAGING, actionId: 'go' })).rejects.toThrow('sees no button');
    const messageTs = mine?.ts ?? '';
    await expect(it.slack.click({ person: OPS, channel: STAGING, messageTs, label: 'Go' })).rejects.toThrow();
    await expect(it.slack.click({ person: DEV, channel: STAGING, messageTs, label: 'Stop' })).rejects.toThrow();
    await expect(it.slack.type({ person: 'U0NOBODY', channel: STAGING, text: 'hi' })).rejects.toThrow('no person');
    await expect(it.slack.type({ person: DEV, channel: 'D0OPS1', text: 'hi' })).rejects.toThrow('is not in');
  });

  it('tells the app of a mention with an event, in the thread it was in', async () => {
    await using it = await bench(mode, (app) => {
      app.event('app_mention', async ({ event, client }) => {
        const where = { channel: event.channel, ...(event.thread_ts ? { thread_ts: event.thread_ts } : {}) };
        await client.chat.postMessage({ ...where, text: `heard: ${event.text}` });
      });
    });
    const { ts } = await it.slack.type({ person: DEV, channel: STAGING, text: 'what is up, <you> & me?' });

    await it.slack.type({ person: DEV, channel: STAGING, text: '@fairlead ps a>b', ...(ts ? { threadTs: ts } : {}) });

    const heard = await it.slack.waitFor((message) => message.text.startsWith('heard'));
    expect(heard).toMatchObject({ text: 'heard: <@U0FAIRLEAD> ps a&gt;b', threadTs: ts });
    const [first] = it.slack.messages({ channel: STAGING, as: OPS });
    expect(first?.text).toBe('what is up, &lt;you&gt; &amp; me?');
    expect(it.slack.messages({ channel: STAGING, as: OPS })).toHaveLength(3);
  });

  it('opens a modal, checks its input, and hears of its submission and closing', async () => {
    const modal = {
      type: 'modal' as const,
      callback_id: 'form',
      notify_on_close: true,
      title: { type: 'plain_text' as const, text: 'Form' },
      submit: { type: 'plain_text' as const, text: 'Send' },
      blocks: [
        {
          type: 'input' as const,
          block_id: 'name',
          label: { type: 'plain_text' as const, text: 'Name' },
          element: { type: 'plain_text_input' as const, action_id: 'name' },
        },
      ],
    };
    const closed = signal<string>();
    await using it = await bench(mode, (app) => {
      app.command('/form', async ({ ack, client, command }) => {
        await client.views.open({ trigger_id: command.trigger_id, view: modal });
        await ack();
      });
      app.view({ callback_id: 'form', type: 'view_submission' }, async ({ ack, view }) => {
        const name = view.state.values['name']?.['name']?.value;
        if (name === 'bad') await ack({ response_action: 'errors', errors: { name: 'Not this one.' } });
        else await ack();
      });
      app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, view }) => {
        await ack();
        closed.resolve(view.id);
      });
    });

    await it.slack.type({ person: DEV, channel: STAGING, text: '/form' });
    expect(it.slack.view({ person: DEV })?.body['callback_id']).toBe('form');
    await expect(it.slack.submitView({ person: DEV })).rejects.toThrow('"Name" has to be filled in.');
    await expect(it.slack.submitView({ person: OPS })).rejects.toThrow('no such view');
    const bad = await it.slack.submitView({ person: DEV, values: { name: 'bad' } });
    expect(bad.response).toMatchObject({ response_action: 'errors' });
    expect(it.slack.view({ person: DEV })).toBeDefined();
    await it.slack.submitView({ person: DEV, values: { name: 'good' } });
    expect(it.slack.view({ person: DEV })).toBeUndefined();

    await it.slack.type({ person: DEV, channel: STAGING, text: '/form' });
    const again = it.slack.view({ person: DEV });
    await it.slack.closeView({ person: DEV });
    expect(await closed.promise).toBe(again?.id);
  });

  it('uploads a file with the real client, in a channel the bot is in', async () => {
    await using it = await bench(mode, () => {});
    const content = 'line ü\nline 2\n';

    await it.client.filesUploadV2({ channel_id: STAGING, filename: 'a.log', title: 'Log', content });

    const [posted] = it.slack.messages({ channel: STAGING, as: OPS });
    expect(posted?.files).toMatchObject([{ name: 'a.log', title: 'Log', content }]);
    const refused = it.client.filesUploadV2({ channel_id: 'C0RANDOM', filename: 'a.log', content });
    await expect(refused).rejects.toMatchObject({ data: { error: 'not_in_channel' } });
  });
});
