import { expect, it } from 'vitest';
import type { LogsResult } from '../../src/handlers/containers/log/results.ts';
import { fakeEngine, frame, ID, json } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const OTHER = 'b2c3'.repeat(16);

it('eight searches of one person on a log that stalls keep nobody else from the host', async () => {
  let stalled = 0;
  const two = Promise.withResolvers<void>();
  const containers = [
    { Id: ID, Names: ['/stalls'], Created: 0, State: 'running', Status: 'Up' },
    { Id: OTHER, Names: ['/shop'], Created: 0, State: 'running', Status: 'Up' },
  ];
  const detail = (id: string, name: string) =>
    json({ Id: id, Name: name, Config: { Env: [] }, State: { Running: true } });
  await using engine = await fakeEngine({
    'GET /containers/json': json(containers),
    [`GET /containers/${ID}/json`]: detail(ID, '/stalls'),
    [`GET /containers/${OTHER}/json`]: detail(OTHER, '/shop'),
    [`GET /containers/${ID}/logs`]: (response) => {
      response.writeHead(200).flushHeaders();
      stalled += 1;
      if (stalled === 2) two.resolve();
    },
    [`GET /containers/${OTHER}/logs`]: (response) => response.writeHead(200).end(frame(1, 'ready\n')),
  });
  const desk = await openDesk({ one: engine.socketPath }, ['logs', 'ps']);
  const held = Array.from({ length: 8 }, () => desk.say('logs stalls --grep x', 'U0ANN'));
  await two.promise;

  const others = await Promise.all([desk.say('logs shop', 'U0BOB'), desk.say('logs shop --grep ready', 'U0CEM')]);

  for (const answer of others) expect(resultOf<LogsResult>(answer).hosts[0]?.lines).toMatchObject([{ text: 'ready' }]);
  // A list has a lane of its own, for the same person too.
  expect(resultOf<{ total: number }>(await desk.say('ps', 'U0ANN')).total).toBe(2);
  expect(stalled).toBeLessThan(5);
  await engine[Symbol.asyncDispose]();
  await Promise.allSettled(held);
  await desk[Symbol.asyncDispose]();
}, 30_000);
