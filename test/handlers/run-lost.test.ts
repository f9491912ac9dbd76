import { expect, it } from 'vitest';
import { connectEngine } from '../../src/docker/client/connect.ts';
import { followRun } from '../../src/handlers/containers/run/follow-run.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';

it('a run whose exit code the engine did not say is no success', async () => {
  let inspections = 0;
  const ended = json({ Id: ID, Name: '/one', State: { Status: 'exited', Running: false }, Config: {}, HostConfig: {} });
  await using fake = await fakeEngine({
    [`GET /containers/${ID}/logs`]: (response) => response.end(),
    [`GET /containers/${ID}/json`]: (response, request) => {
      inspections += 1;
      (inspections === 1 ? ended : json({ message: 'the engine is going down' }, 500))(response, request);
    },
  });
  const engine = connectEngine({ kind: 'unix', socketPath: fake.socketPath });
  const run = { engine, container: ID, redact: (text: string) => text, forMs: 10_000, outputBytes: 1000 };

  const { state } = await followRun(run, new AbortController().signal, () => {});

  expect(state).toMatchObject({ why: 'lost', exitCode: undefined, isRemoved: false });
});
