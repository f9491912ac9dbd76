import { afterEach, expect, it, vi } from 'vitest';
import type { LogsResult } from '../../src/handlers/containers/log/results.ts';
import { fakeEngine, frame, ID, json } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

afterEach(() => void vi.useRealTimers());

it('a log that stalls is let go of at its deadline, with its connection and its place', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const reading = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using engine = await fakeEngine({
    'GET /containers/json': json([{ Id: ID, Names: ['/shop'], Created: 0, State: 'running', Status: 'Up' }]),
    [`GET /containers/${ID}/json`]: json({ Id: ID, Name: '/shop', Config: { Env: [] }, State: { Running: true } }),
    [`GET /containers/${ID}/logs`]: (response) => {
      response.on('close', closed.resolve).writeHead(200);
      // More than the wire holds: when it is written, it is being read.
      response.write(frame(1, 'one line, and then nothing more\n'.repeat(200_000)), () => reading.resolve());
    },
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['logs']);

  const answer = desk.say('logs shop --grep line');
  await reading.promise;
  vi.advanceTimersByTime(120_000);

  expect(resultOf<LogsResult>(await answer).failures).toMatchObject([{ host: 'one' }]);
  await closed.promise;
});
