import { expect, it } from 'vitest';
import type { LocalSlack } from '../../playground/server/index.ts';
import { wholeBot } from './whole-bot.ts';

const whoami = { person: 'U0DEV1', channel: 'C0STAGING', text: '/dock whoami' };

const envelope = (type: string, payload?: unknown) => JSON.stringify({ envelope_id: 'e-1', type, payload });
const FRAMES: readonly (string | Buffer)[] = [
  '',
  '\0',
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from('{"type":"hello"}'),
  'not JSON',
  '{"type":"hello"',
  'null',
  '42',
  '"hello"',
  '[]',
  '{}',
  '{"type":null}',
  '{"type":{"toString":1}}',
  '{"type":"hello"}',
  '{"type":"hello"}',
  envelope('a_type_of_next_year', { a: 1 }),
  envelope('__proto__', {}),
  envelope('error', { message: 'x' }),
  envelope('close', {}),
  envelope('ws_message', '{}'),
  envelope('slack_event', {}),
  envelope('events_api'),
  envelope('events_api', null),
  envelope('events_api', { type: 'event_callback' }),
  envelope('events_api', { type: 'event_callback', event: null }),
  envelope('events_api', { type: 'event_callback', event: { type: 'app_mention' } }),
  envelope('slash_commands'),
  envelope('slash_commands', null),
  envelope('slash_commands', { command: '/dock', text: 5, team_id: 'T0FAIRLEAD' }),
  envelope('interactive', {}),
  envelope('interactive', { type: 'block_actions', actions: [{ value: {} }], team: null, user: null }),
  JSON.stringify({ type: 'slash_commands', payload: { command: '/dock', text: 'whoami' } }),
  envelope('interactive', { type: 'view_submission', view: { state: 'x'.repeat(1_000_000) } }),
  '['.repeat(200_000),
];

async function answers(slack: LocalSlack, after: string): Promise<void> {
  expect(await slack.type(whoami), after).toMatchObject({ ok: true });
}

it('what is no envelope of Slack ends neither process nor connection, and any reason to disconnect is taken', async () => {
  await using it = await wholeBot();
  await it.slack.connected();

  for (const frame of FRAMES) {
    it.slack.frame(frame);
    await answers(it.slack, String(frame).slice(0, 100));
    expect(it.slack.connections(), String(frame).slice(0, 100)).toBe(1);
  }
  for (const reason of ['too_many_websockets', 'a_reason_of_next_year']) {
    it.slack.disconnect(reason);
    await it.slack.connected();
    await answers(it.slack, reason);
    expect(it.slack.connections(), reason).toBe(1);
  }
});
