import { closeSync, mkdtempSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import { handle } from '../../src/handlers/pipeline.ts';
import { createPeople } from '../../src/slack/client/people.ts';
import { BY_NAME } from '../../src/slack/commands.ts';
import type { Log } from '../../src/telemetry.ts';
import { RECORD_KEY } from '../store/keys.ts';

/** Commands to a bot whose database is lost before they come, or as soon as they are accepted. */
async function bot() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-lost-'));
  const path = join(folder, 'fairlead.db');
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: { one: { url: 'unix:///nowhere/engine.sock' } },
      services: { shop: { image: 'localhost:5000/shop', hosts: 'one' } },
      roles: { all: { commands: ['ps', 'lock', 'locks', 'audit'] } },
      channels: { C0TEAM: { grants: [{ role: 'all', hosts: 'all' }] } },
    }),
    'test.yml',
    {},
  );
  const logged: { readonly message: string; readonly fields: object }[] = [];
  const write = (fields: object, message: string) => void logged.push({ message, fields });
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const core = await openCore(config, loadEnvironment({ DATABASE_URL: path, FAIRLEAD_RECORD_KEY: RECORD_KEY }), log);
  onTestFinished(async () => {
    await core.close();
    rmSync(folder, { recursive: true });
  });
  const deps = core.deps(createPeople(config, undefined, log));
  const lose = () => renameSync(path, `${path}.away`);
  /** Overwrites every page but the first, in the file and in its log, as a failing disk would. */
  const damage = () => {
    for (const [file, from] of [
      [path, 4096],
      [`${path}-wal`, 32],
    ] as const) {
      const fd = openSync(file, 'r+');
      writeSync(fd, Buffer.alloc(Math.max(0, statSync(file).size - from), 0xa5), 0, undefined, from);
      closeSync(fd);
    }
  };
  return {
    lose,
    damage,
    find: () => renameSync(`${path}.away`, path),
    logged,
    store: deps.store,
    say: (text: string, accepted = () => {}) =>
      handle(
        { text, person: 'U0DEV1', channel: 'C0TEAM', team: 'T0TEAM', source: 'slash' },
        { deps, commands: BY_NAME },
        {
          early() {},
          signal: new AbortController().signal,
          accepted,
          progress() {},
        },
      ),
  };
}

it('nothing is done that cannot be recorded, and the person is told why', async () => {
  const it_ = await bot();
  it_.lose();
  const answer = await it_.say('/lock shop --reason "db upgrade"');
  expect(answer).toMatchObject({
    kind: 'refused',
    reason: 'internal',
    text: expect.stringMatching(/^Nothing was done: .*was removed while Fairlead had it open/u),
    hint: expect.stringContaining('server log'),
  });
  it_.find();
  expect(await it_.store.locks.list(Date.now())).toEqual([]);
  expect(await it_.say('/lock shop --reason "db upgrade"')).toMatchObject({ kind: 'result' });
});

it('an unfinished command is reported differently from one that never started, with the first cause', async () => {
  const it_ = await bot();
  const answer = await it_.say('/lock shop --reason "db upgrade"', it_.lose);
  expect(answer).toMatchObject({
    kind: 'refused',
    text: expect.stringMatching(/^This was not finished: .*was removed/u),
  });
  it_.find();
  const refused = await it_.say('/lock shpo --reason "db upgrade"', it_.lose);
  expect(refused).toMatchObject({ kind: 'refused', reason: 'not_found', text: expect.stringContaining('`shpo`') });
});

it('an answer is given though its outcome cannot be recorded; the log of the process has it', async () => {
  const it_ = await bot();
  expect(await it_.say('/locks', it_.lose)).toMatchObject({ kind: 'result' });
  await expect
    .poll(() => it_.logged)
    .toContainEqual({
      message: 'An outcome was not recorded',
      fields: expect.objectContaining({ entry: expect.objectContaining({ command: 'locks', outcome: 'ok' }) }),
    });
});

it('pages that were damaged while it runs are said to be, whatever is read', async () => {
  const it_ = await bot();
  expect(await it_.say('/lock shop --reason "db upgrade"')).toMatchObject({ kind: 'result' });
  it_.damage();

  for (const line of ['/locks', '/dock audit'])
    expect(await it_.say(line)).toMatchObject({ kind: 'refused', text: expect.stringMatching(/it is damaged \(/u) });
});
