import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '../../playground/server/clock.ts';
import { BOT_USER, TEAM } from '../../playground/server/defaults.ts';
import type { Kind } from '../../playground/server/delivery.ts';
import { createHttpDelivery } from '../../playground/server/http-delivery.ts';
import { eventPayload } from '../../playground/server/payloads.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { type Scene, scene, storeOf } from './harness.ts';

let bot: Scene;
beforeAll(async () => {
  if (inject('bed')) bot = await scene({ mode: 'http' });
});
afterAll(() => bot?.[Symbol.asyncDispose]());

/** What Slack delivers, signed, of people and bots the local Slack has none of. */
const deliver = (kind: Kind, payload: object) =>
  createHttpDelivery(bot.url, bot.env['SLACK_SIGNING_SECRET'] ?? '', systemClock).send(kind, payload);

const mention = (who: object) =>
  eventPayload(
    { type: 'app_mention', text: `<@${BOT_USER}> whoami`, channel: 'C0STAGING', ts: '1.1', event_ts: '1.1', ...who },
    Date.now(),
  );
const click = (user: object) => ({
  type: 'block_actions',
  api_app_id: 'A0FAIRLEAD',
  team: { id: TEAM, domain: 'fairlead' },
  enterprise: null,
  user,
  channel: { id: 'C0STAGING', name: 'staging' },
  container: { type: 'message', channel_id: 'C0STAGING' },
  trigger_id: '1.1.1',
  actions: [{ type: 'button', action_id: 'say-0', block_id: 'b', value: '/dock whoami' }],
});

describeWithEngine('in a channel shared with others', () => {
  it('people of another workspace and other bots give no commands', async () => {
    await deliver('events_api', mention({ user: 'U0OTHER', team: 'T0OTHER', user_team: 'T0OTHER' }));
    await deliver('events_api', mention({ user: 'U0BOT', team: TEAM, bot_id: 'B0OTHER' }));
    await deliver('interactive', click({ id: 'U0OTHER', team_id: 'T0OTHER' }));
    for (const organization of [{ enterprise_id: 'E0ORG' }, { enterprise: { id: 'E0ORG', name: 'org' } }]) {
      const other = { user: 'U0OTHER', team: 'T0OTHER', user_team: 'T0OTHER', source_team: 'T0OTHER' };
      await deliver('events_api', { ...mention(other), ...organization, is_ext_shared_channel: true });
      await deliver('events_api', { ...mention({ user: 'U0OTHER' }), ...organization });
      await deliver('interactive', { ...click({ id: 'U0OTHER', team_id: 'T0OTHER' }), ...organization });
      await deliver('interactive', { ...click({ id: 'U0OTHER' }), ...organization });
    }
    await deliver('interactive', click({ id: 'U0DEV1', team_id: TEAM }));
    await deliver('events_api', mention({ user: 'U0DEV1', team: TEAM }));

    await bot.slack.waitFor(({ onlyFor }) => onlyFor === 'U0DEV1', { channel: 'C0STAGING', as: 'U0DEV1' });
    const store = await storeOf(bot.env);
    const people = async () => (await store.audit.search({ limit: 100 })).map(({ person }) => person);
    await expect.poll(people).toHaveLength(4);
    expect(new Set(await people())).toEqual(new Set(['U0DEV1']));
    await store.close();
  });
});
