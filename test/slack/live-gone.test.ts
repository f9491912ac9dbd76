import { expect, it } from 'vitest';
import { wholeBot } from './whole-bot.ts';

const STAGING = { channel: 'C0STAGING', person: 'U0DEV1' };
const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

it.for(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
  'what is followed ends with a word when Slack takes no update of its message any more: %s',
  {
    timeout: 60_000,
  },
  async (error) => {
    await using it = await wholeBot({ roles: { releaser: { commands: ['stats', 'deploy'] } } });
    await it.slack.type({ ...STAGING, text: '/stats shop -f --share' });
    await it.slack.waitFor(({ blocks }) => JSON.stringify(blocks).includes('following until'), seen);
    it.slack.faults.during({ method: 'chat.update', error });

    await it.slack.waitFor(({ blocks }) => JSON.stringify(blocks).includes('ended: its message was deleted'), seen);

    const updates = it.slack.requests.filter(({ method }) => method === 'chat.update');
    expect(updates.length).toBeLessThan(5);
    const store = await it.store();
    expect(await store.ongoing.count(STAGING.person, Date.now())).toBe(0);
    await store.close();
  },
);
