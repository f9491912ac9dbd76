import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../playground/server/clock.ts';
import { TEAM } from '../../playground/server/defaults.ts';
import { createHttpDelivery } from '../../playground/server/http-delivery.ts';
import { startSlack } from '../../playground/server/index.ts';
import { freePort } from './harness.ts';
import { loneBot, READY } from './process.ts';

it.each([
  ['of another workspace', TEAM, { id: 'U0OTHER', team_id: 'T0OTHER' }, true],
  ['of an organization, whose workspace is not said', TEAM, { id: 'U0OTHER' }, true],
  ['in another workspace', 'T0OTHER', { id: 'U0OTHER', team_id: 'T0OTHER' }, false],
] as const)('a click of somebody %s gets a word where it is this workspace', async (_, team, user, isTold) => {
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  const port = await freePort();
  const { signingSecret } = slack.tokens;
  const bot = loneBot(slack, { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: signingSecret, PORT: String(port) });
  await bot.said(READY);
  const told: string[] = [];
  const urls = createServer(async (request, response) => {
    told.push(await text(request));
    response.end('ok');
    urls.emit('told');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void urls.close());
  await once(urls, 'listening');

  await createHttpDelivery(`http://127.0.0.1:${port}/slack/events`, signingSecret, systemClock).send('interactive', {
    type: 'block_actions',
    api_app_id: 'A0FAIRLEAD',
    team: { id: team, domain: 'x' },
    enterprise: { id: 'E0ORG', name: 'org' },
    user,
    channel: { id: 'C0STAGING', name: 'staging' },
    container: { type: 'message', channel_id: 'C0STAGING' },
    trigger_id: '1.1.1',
    response_url: `http://127.0.0.1:${(urls.address() as AddressInfo).port}/`,
    actions: [{ type: 'button', action_id: 'say-0', block_id: 'b', value: '/dock whoami' }],
  });

  if (isTold && told.length === 0) await once(urls, 'told');
  await bot.said('A request was dropped');
  expect(told.map((one) => JSON.parse(one))).toEqual(
    isTold ? [expect.objectContaining({ response_type: 'ephemeral', replace_original: false })] : [],
  );
});
