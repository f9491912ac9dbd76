import { expect, it } from 'vitest';
import { systemClock } from '../../playground/server/clock.ts';
import { APP, BOT_USER, TEAM } from '../../playground/server/defaults.ts';
import type { Kind } from '../../playground/server/delivery.ts';
import { createHttpDelivery } from '../../playground/server/http-delivery.ts';
import { eventPayload } from '../../playground/server/payloads.ts';
import { freePort } from '../e2e/harness.ts';
import { wholeBot } from './whole-bot.ts';

const STAGING = { channel: 'C0STAGING', person: 'U0DEV1' };
const LOCKS = { roles: { releaser: { commands: ['lock', 'unlock', 'locks', 'deploy'] } } };
const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

it('an edited message gives no command, whatever it says now', { timeout: 60_000 }, async () => {
  await using it = await wholeBot(LOCKS);
  const { ts = '' } = await it.slack.type({ ...STAGING, text: '@fairlead lock shop for 2h' });
  await it.slack.waitFor(({ blocks }) => JSON.stringify(blocks).includes('Release'), seen);
  const before = it.slack.messages(seen).length;

  await it.slack.edit({ ...STAGING, ts, text: '@fairlead lock shop for 3h' });
  await it.slack.edit({ ...STAGING, ts, text: '@fairlead unlock shop' });
  await it.slack.type({ ...STAGING, text: '@fairlead whoami' });
  await it.slack.waitFor(({ text }) => text.startsWith('You are'), seen);

  // The message that asked and its answer.
  expect(it.slack.messages(seen)).toHaveLength(before + 2);
});

const person = { id: 'U0DEV1', name: 'dev', team_id: TEAM };
const slash = (line: string, trigger: string) => ({
  command: '/dock',
  text: line,
  team_id: TEAM,
  api_app_id: APP,
  user_id: person.id,
  channel_id: STAGING.channel,
  trigger_id: trigger,
  is_enterprise_install: 'false',
  response_url: 'http://127.0.0.1:1/respond/gone',
});
const click = (line: string, trigger: string) => ({
  type: 'block_actions',
  api_app_id: APP,
  team: { id: TEAM, domain: 'fairlead' },
  enterprise: null,
  user: person,
  channel: { id: STAGING.channel, name: 'staging' },
  container: { type: 'message', channel_id: STAGING.channel },
  trigger_id: trigger,
  actions: [{ type: 'button', action_id: 'say-0', block_id: 'b', value: line }],
});
const mention = (line: string, ts: string) =>
  eventPayload(
    {
      type: 'app_mention',
      text: `<@${BOT_USER}> ${line}`,
      user: person.id,
      team: TEAM,
      channel: STAGING.channel,
      ts,
      event_ts: ts,
    },
    Date.now(),
  );

it('what is delivered again is carried out once, a message also after a restart', { timeout: 90_000 }, async () => {
  const port = await freePort();
  await using it = await wholeBot(LOCKS, { port });
  const delivery = createHttpDelivery(
    `http://127.0.0.1:${port}/slack/events`,
    it.slack.tokens.signingSecret,
    systemClock,
  );
  const send = async (kind: Kind, payload: object) =>
    expect(await delivery.send(kind, payload)).toMatchObject({ ok: true });
  for (const line of ['lock shop for 2h', 'unlock shop']) {
    await send('slash_commands', slash(line, line));
    await send('slash_commands', slash(line, line));
  }
  await send('interactive', click('/dock lock shop', '1.1'));
  await send('interactive', click('/dock lock shop', '1.1'));
  await send('events_api', mention('whoami', '7.1'));
  await send('events_api', mention('whoami', '7.1'));
  await it.slack.waitFor(({ text }) => text.startsWith('You are'), seen);
  await it.kill();
  await it.start();
  await send('events_api', mention('whoami', '7.1'));
  await send('events_api', mention('locks', '7.2'));
  await it.slack.waitFor(({ text, blocks }) => `${text}${JSON.stringify(blocks)}`.includes('in line'), seen);

  const store = await it.store();
  const records = await store.audit.search({ limit: 100 });
  await store.close();
  const lines = records.filter(({ kind }) => kind === 'decision').map(({ line }) => line);
  expect(lines.reverse()).toEqual(['lock shop --for 2h', 'unlock shop', 'lock shop', 'whoami', 'locks']);
});
