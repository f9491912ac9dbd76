import { expect, it } from 'vitest';
import type { WhyResult } from '../../src/handlers/containers/why.ts';
import { type Answer, fakeEngine, frame, ID, IMAGE_ID, json, silence } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const PASSWORD = 'c0rrect-h0rse-battery';
const shop = {
  Id: ID,
  Name: '/shop',
  Created: '2026-11-28T11:00:00Z',
  Image: IMAGE_ID,
  RestartCount: 0,
  State: { Status: 'exited', ExitCode: 1, StartedAt: '2026-11-28T11:59:00Z', FinishedAt: '2026-11-28T11:59:01Z' },
  Config: { Image: 'shop:1.0', Env: [`DB_PASSWORD=${PASSWORD}`, 'PATH=/bin'], Cmd: ['server', `--token=${PASSWORD}`] },
  HostConfig: { NetworkMode: 'none' },
  Mounts: [],
  NetworkSettings: { Networks: {} },
};
const listed = {
  Id: ID,
  Names: ['/shop'],
  Image: 'shop:1.0',
  ImageID: IMAGE_ID,
  State: 'exited',
  Status: 'Exited (1)',
};
const line = `Error: connect ECONNREFUSED db:5432 with ${PASSWORD}\n`;
const routes = (more: Readonly<Record<string, Answer>> = {}): Readonly<Record<string, Answer>> => ({
  'GET /containers/json': json([listed]),
  [`GET /containers/${ID}/json`]: json(shop),
  [`GET /containers/${ID}/logs`]: (response) => response.end(frame(2, line)),
  'GET /info': json({ SystemTime: '2026-11-28T12:00:00Z', Architecture: 'x86_64' }),
  'GET /events': (response) => response.end(''),
  ...more,
});

it('no value of a variable is on the card, wherever it turns up', async () => {
  await using engine = await fakeEngine(routes());
  await using desk = await openDesk({ one: engine.socketPath }, ['why', 'logs']);

  const result = resultOf<WhyResult>(await desk.say('/dock why shop'));

  expect(result.hosts[0]?.diagnosis.causes[0]).toMatchObject({ id: 'dependency-refused-connection' });
  expect(result.hosts[0]?.diagnosis.causes[0]?.evidence[0]).toContain('ECONNREFUSED');
  expect(JSON.stringify(result)).not.toContain(PASSWORD);
});

it('a log is not read for who may not read logs there, and the card says so', async () => {
  await using engine = await fakeEngine(routes());
  await using desk = await openDesk({ one: engine.socketPath }, ['why']);

  const [card] = resultOf<WhyResult>(await desk.say('/dock why shop')).hosts;

  expect(card?.diagnosis).toMatchObject({ causes: [{ id: 'exited-with-error' }] });
  expect(card?.diagnosis.unread.join()).toMatch(/log \(needs/u);
  // Nor is a button shown that they may not press.
  expect(card?.steps).toEqual([]);
  expect(engine.asked.filter(({ line }) => line.includes('/logs'))).toEqual([]);
});

it('an engine that is silent about everything but the container itself delays no card beyond five seconds', async () => {
  const slow = { [`GET /containers/${ID}/logs`]: silence, 'GET /info': silence, 'GET /events': silence };
  await using engine = await fakeEngine(routes({ ...slow, [`GET /images/${IMAGE_ID}/json`]: silence }));
  await using desk = await openDesk({ one: engine.socketPath }, ['why', 'logs']);
  const began = performance.now();

  const [card] = resultOf<WhyResult>(await desk.say('/dock why shop')).hosts;

  expect(performance.now() - began).toBeLessThan(5000);
  expect(card?.diagnosis.causes[0]).toMatchObject({ id: 'exited-with-error' });
  expect(card?.diagnosis.unread).toEqual(expect.arrayContaining(['log', 'events', 'host']));
});

it('a host that hangs is named, and the others are answered for', async () => {
  await using engine = await fakeEngine(routes());
  await using hangs = await fakeEngine({ 'GET /containers/json': silence });
  await using desk = await openDesk({ one: engine.socketPath, two: hangs.socketPath }, ['why', 'logs']);
  const began = performance.now();

  const result = resultOf<WhyResult>(await desk.say('/dock why shop --on all'));

  expect(performance.now() - began).toBeLessThan(5000);
  expect(result.hosts).toMatchObject([{ host: 'one' }]);
  expect(result.failures).toMatchObject([{ host: 'two' }]);
});

it('no engine is told to connect to a private address that the config does not name', async () => {
  await using engine = await fakeEngine(routes({ 'GET /images/json': json([]) }));
  await using desk = await openDesk({ one: engine.socketPath }, ['why', 'logs']);

  for (const image of ['10.0.0.1:5000/x:1', '169.254.169.254/latest/meta-data:1', 'nothing.invalid:22/x:1'])
    expect(resultOf<WhyResult>(await desk.say(`/dock why ${image}`)).hosts).toHaveLength(1);

  expect(engine.asked.filter(({ line }) => line.includes('/distribution/'))).toEqual([]);
});
