import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { systemClock } from '../../playground/server/clock.ts';
import { TEAM } from '../../playground/server/defaults.ts';
import { createHttpDelivery } from '../../playground/server/http-delivery.ts';
import { SPECS } from '../../src/commands/index.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import { CHOOSE_CONTAINERS } from '../../src/slack/views/parts/container-select.ts';
import { FORMS } from '../../src/slack/views/parts/form.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { freePort } from '../e2e/harness.ts';
import { PLAN } from '../handlers/stored.ts';
import { question } from '../store/fixture.ts';
import { COMMANDS, FORGED, OPEN, PRESSED, PROD, UNTOLD, VALUES } from './posted.ts';
import { wholeBot } from './whole-bot.ts';

const PERSON = 'U0DEV1';
const containers = (name: string) => json([{ Id: ID, Names: [`/${name}`], Created: 0, State: 'running', Image: 'x' }]);

it('values that were never offered, posted by hand, do nothing in production and tell nothing of it', async () => {
  await using staging = await fakeEngine({
    'GET /containers/json': containers('shop-web'),
    'GET /images/json': json([]),
  });
  await using prod = await fakeEngine({
    'GET /containers/json': containers('purse-web'),
    'GET /images/json': json([]),
  });
  const port = await freePort();
  const grants = [
    { role: 'operator', hosts: 'staging-1' },
    { role: 'operator', to: ['oncall'], hosts: PROD },
  ];
  const config = {
    hosts: {
      'staging-1': { url: `unix://${staging.socketPath}` },
      [PROD]: { url: `unix://${prod.socketPath}` },
      'vault-8': { url: `unix://${prod.socketPath}` },
    },
    roles: { operator: { commands: COMMANDS, exec: [{ commands: ['ls *'] }] } },
    channels: { C0STAGING: { grants }, C0PROD: { grants: grants.slice(1) }, C0ONCALL: { grants: grants.slice(1) } },
    images: { allow: ['registry.test/shop', 'registry.test/bank', 'registry.test/mint'] },
    services: {
      shop: { image: 'registry.test/shop', hosts: 'staging-1', container: { name: 'shop-web' } },
      bank: { image: 'registry.test/bank', hosts: PROD, container: { name: 'till-web' } },
      mint: { image: 'registry.test/mint', hosts: 'vault-8', container: { name: 'coin-web' } },
    },
    budget: { commands: 10_000, per: '1m' },
  };
  await using bot = await wholeBot(config, { port });
  const store = await bot.store();
  const plan = { ...PLAN, service: 'bank', hosts: [{ ...PLAN.hosts[0], host: PROD }], waves: [[PROD]] } as typeof PLAN;
  const of = { service: 'bank', channel: 'C0ONCALL', line: 'deploy bank 7.7.7', requestedBy: 'U0OPS1' };
  await store.approvals.create(
    question(OPEN, { ...of, plan, hash: hashOf(plan), requestedAt: Date.now(), expiresAt: 9e12 }),
  );
  const delivery = createHttpDelivery(
    `http://127.0.0.1:${port}/slack/events`,
    bot.slack.tokens.signingSecret,
    systemClock,
  );
  const user = { id: PERSON, team_id: TEAM };
  const common = { api_app_id: 'A0FAIRLEAD', team: { id: TEAM, domain: 'x' }, enterprise: null, user };
  const told: { readonly to: string; readonly text: string }[] = [];
  const post = async (to: string, payload: object) => {
    const { ok, response, ...rest } = await delivery.send('interactive', {
      ...common,
      trigger_id: randomUUID(),
      ...payload,
    });
    told.push({ to, text: JSON.stringify(response ?? '') });
    if (!ok) told.push({ to, text: `not answered: ${JSON.stringify(rest)} ` });
  };

  const suggested = (channel: string, value: string, who = user) => {
    const view = {
      id: 'V1',
      type: 'modal',
      private_metadata: JSON.stringify({ channel, line: 'exec', hosts: [PROD] }),
    };
    const menu = { type: 'block_suggestion', action_id: CHOOSE_CONTAINERS, block_id: 'b', value, view, user: who };
    return post(`menu "${value}" in ${channel}`, menu);
  };

  const places = ['C0STAGING', 'C0PROD', 'C0NOWHERE'];
  for (const channel of places)
    for (const form of Object.values(FORMS))
      for (const line of FORGED) {
        const metadata = JSON.stringify({ channel, line, card: OPEN, hosts: [PROD] });
        const view = {
          id: 'V1',
          hash: '1',
          type: 'modal',
          callback_id: form,
          private_metadata: metadata,
          state: { values: VALUES },
        };
        await post(`${form} for "${line}" in ${channel}`, { type: 'view_submission', view });
      }
  for (const channel of places) {
    for (const value of ['till', 'bank', 'web', '']) await suggested(channel, value);
    const view = {
      id: 'V1',
      hash: '1',
      type: 'modal',
      callback_id: FORMS.deploy,
      private_metadata: JSON.stringify({ channel }),
    };
    const chosen = {
      type: 'static_select',
      action_id: 'form-service',
      block_id: 'b',
      selected_option: { value: 'bank' },
    };
    await post(`service in ${channel}`, {
      type: 'block_actions',
      view,
      container: { type: 'view' },
      actions: [chosen],
    });
    for (const value of PRESSED)
      for (const action_id of ['say-0', `in-${channel}-0`]) {
        const container = { type: 'message', channel_id: channel, message_ts: '1.1' };
        const actions = [{ type: 'button', action_id, block_id: `card-${OPEN}`, value }];
        await post(`${action_id} ${value}`, {
          type: 'block_actions',
          channel: { id: channel, name: 'x' },
          container,
          actions,
        });
      }
  }

  const asked = SPECS.length * 2;
  await expect
    .poll(async () => (await store.audit.search({ limit: 10_000 })).length, { timeout: 30_000 })
    .toBeGreaterThan(asked);
  const calls = bot.slack.requests
    .map(({ method, body }) => ({ to: method, text: JSON.stringify(body) }))
    // The card of the open request is drawn where it was made.
    .filter(({ text }) => !text.startsWith('{"channel":"C0ONCALL"'));
  const said = [...told, ...calls].filter(({ text }) => UNTOLD.test(text));
  const allowed = (await store.audit.search({ limit: 10_000 })).filter(({ hosts }) => hosts.includes(PROD));
  const { state } = (await store.approvals.get(OPEN)) ?? {};
  await store.close();
  expect(said).toEqual([]);
  expect(allowed).toEqual([]);
  expect(prod.asked).toEqual([]);
  expect(state).toBe('pending');
  // The same menu, for somebody who may use production.
  await suggested('C0STAGING', '', { id: 'U0OPS1', team_id: TEAM });
  expect(told.at(-1)?.text).toContain('purse-web');
}, 120_000);
