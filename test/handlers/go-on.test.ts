import { expect, it } from 'vitest';
import { ID, plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { CHANNEL, type Desk, openDesk } from './desk.ts';

const HOSTS = { 'web-1': '/nowhere/1.sock', 'web-2': '/nowhere/2.sock' };
const FROZEN = [
  { name: 'quarter end', from: 'sun 00:00', to: 'sat 23:59', hosts: 'web-1' },
  { name: 'night', from: 'sat 12:00', to: 'sun 12:00', hosts: 'web-1' },
];
const ONLY_DEVELOPERS = {
  groups: { developers: { people: ['U0DEV2'] } },
  channels: { [CHANNEL]: { grants: [{ role: 'operator', hosts: 'all', to: ['developers'] }] } },
};

/** A deployment of U0DEV1 whose first wave, web-2, is done, with somebody asked whether web-1 may follow. */
async function betweenWaves(more = {}, breakGlass = false): Promise<Desk> {
  const desk = await openDesk(HOSTS, ['deploy', 'lock'], {
    services: { shop: { image: 'localhost:5000/shop', hosts: 'all' } },
    ...more,
  });
  const { approvals, deployments } = desk.store;
  const at = Date.now();
  await approvals.create(question(ID, { plan, channel: CHANNEL, requestedAt: at, expiresAt: at + 60_000 }));
  const glass = breakGlass ? { breakGlass: { reason: 'shop is down', reviewBy: at + 60_000 } } : {};
  await deployments.start({ id: 'D1', approval: ID, hosts: plan.waves.flat(), by: 'U0OPS1', at, ...glass });
  const claimed = await deployments.claim('P1', at);
  if (!claimed) throw new Error('nothing to claim');
  await deployments.requestWave(claimed.lease, { wave: 1, at, until: at + 60_000, remindEvery: 30_000 });
  return desk;
}

const GOES_ON = { kind: 'result', result: { kind: 'answered' } };

it('a requester may continue with the next wave while they may deploy it', async () => {
  await using desk = await betweenWaves();
  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject(GOES_ON);
});

it('a requester who may no longer deploy cannot continue with the next wave, only abort', async () => {
  await using desk = await betweenWaves(ONLY_DEVELOPERS);

  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
  expect(await desk.store.deployments.get('D1')).toMatchObject({ approvedWave: undefined });
  expect(await desk.say(`/dock abort ${ID}`)).toMatchObject({ kind: 'result' });
});

it('a wave is let go on by somebody else who may deploy it', async () => {
  await using desk = await betweenWaves(ONLY_DEVELOPERS);
  expect(await desk.say(`/dock continue ${ID}`, 'U0DEV2')).toMatchObject(GOES_ON);
});

it('a wave of a deployment that somebody aborts at that moment is not said to be approved', async () => {
  await using desk = await betweenWaves();
  await desk.store.deployments.requestAbort('D1', 'U0DEV2', Date.now());

  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject({
    kind: 'refused',
    reason: 'already_decided',
    text: expect.arrayContaining(['Not continued: ', { person: 'U0DEV2' }]),
  });
});

it('a wave waits for the end of a freeze on its hosts, and not of one elsewhere', async () => {
  await using desk = await betweenWaves({ freeze: FROZEN });
  const refused = { kind: 'refused', reason: 'frozen', hint: expect.stringContaining('abort') };
  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject(refused);

  await using other = await betweenWaves({ freeze: FROZEN.map((one) => ({ ...one, hosts: 'web-2' })) });
  expect(await other.say(`/dock continue ${ID}`)).toMatchObject(GOES_ON);
});

it('a wave of what breaks the glass passes a freeze', async () => {
  await using desk = await betweenWaves({ freeze: FROZEN }, true);
  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject(GOES_ON);
});

it('a wave waits for the lock that somebody else took meanwhile, and not for their own', async () => {
  await using desk = await betweenWaves();
  await desk.say('/dock lock shop for 1h', 'U0OPS1');
  expect(await desk.say(`/dock continue ${ID}`)).toMatchObject({ kind: 'refused', reason: 'locked' });

  await using other = await betweenWaves();
  await other.say('/dock lock shop for 1h');
  expect(await other.say(`/dock continue ${ID}`, 'U0OPS1')).toMatchObject(GOES_ON);
});
