import { describe, expect, it } from 'vitest';
import { BOT_USER, CHANNELS, SCOPES, type SlackOptions } from '../../playground/server/index.ts';
import { parseConfig } from '../../src/config.ts';
import { createPeople } from '../../src/slack/client/people.ts';
import { createLog } from '../../src/telemetry.ts';
import { bare, DEV, OPS } from '../playground/app.ts';

const CONFIG = parseConfig('{ slack: { team: T0FAIRLEAD }, hosts: { web-1: { url: "unix:///x" } } }', 'test.yml', {});
const HIDDEN = [
  { id: 'C0SECRET1', name: 'with-the-bot', members: [DEV, BOT_USER], private: true },
  { id: 'C0SECRET2', name: 'without-it', members: [DEV], private: true },
];

async function reader(options: SlackOptions = {}) {
  const it = await bare({ channels: [...CHANNELS, ...HIDDEN], ...options });
  return { ...it, people: createPeople(CONFIG, async () => it.client, createLog('silent')) };
}

describe('which channels somebody is in', () => {
  it('are those Slack gives, asked for once', async () => {
    await using it = await reader();

    expect([...((await it.people.channels(DEV)) ?? [])]).toEqual(['C0STAGING', 'C0PROD', 'C0RANDOM', 'C0SECRET1']);
    expect((await it.people.channels(OPS))?.has('C0SECRET1')).toBe(false);
    await it.people.channels(DEV);
    expect(it.slack.requests.filter(({ method }) => method === 'users.conversations')).toHaveLength(2);
  });

  it.each(['channels:read', 'groups:read'])('are not known without the scope %s', async (scope) => {
    await using it = await reader({ scopes: SCOPES.filter((one) => one !== scope) });

    expect(await it.people.channels(DEV)).toBeUndefined();
  });

  it('are not known of nobody, and where there is no Slack', async () => {
    await using it = await reader();

    expect(await it.people.channels('U0NOBODY')).toBeUndefined();
    expect(await createPeople(CONFIG, undefined, createLog('silent')).channels(DEV)).toBeUndefined();
  });
});

describe('who is in a group', () => {
  const config = parseConfig(
    `{ slack: { team: T0FAIRLEAD }, hosts: { web-1: { url: "unix:///x" } }, groups: {
      oncall: { usergroup: S0ONCALL, people: [U0BOSS1] }, listed: { people: [U0DEV1] }, gone: { usergroup: S0NOTHERE, people: [U0BOSS1] } } }`,
    'test.yml',
    {},
  );

  it('is who the config lists, and who Slack says', async () => {
    await using it = await bare({});
    const people = createPeople(config, async () => it.client, createLog('silent'));

    expect(await people.members('oncall')).toEqual(new Set(['U0BOSS1', OPS]));
    expect(await people.members('listed')).toEqual(new Set(['U0DEV1']));
  });

  it('is unknown when Slack does not return it, even for people the config lists', async () => {
    await using it = await bare({});
    const people = createPeople(config, async () => it.client, createLog('silent'));

    expect(await people.members('gone')).toBeUndefined();
    const alone = createPeople(config, undefined, createLog('silent'));
    expect(await alone.members('oncall')).toBeUndefined();
    expect(await alone.members('listed')).toEqual(new Set(['U0DEV1']));
  });
});
