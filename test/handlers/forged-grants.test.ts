import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { GrantsResult } from '../../src/handlers/grants/grants.ts';
import { SIGNED_TABLES } from '../../src/store/signed.ts';
import { chunks, type FakeEngine, fakeEngine, frame, ID, json } from '../docker/fake-engine.ts';
import { whenFree } from '../store/when-free.ts';
import { CHANNEL, openDesk, PERSON, resultOf } from './desk.ts';

/*
 * Real: the store and its file, policy, config and the handler. The engine lists one container and remembers what it is
 * asked: a program has begun when an exec was asked for.
 */

const EXEC = 'e'.repeat(64);
const LINE = '/exec shop echo hi';

/** What somebody with the file in their hands does, without the key; false when the database refuses it. */
async function tamper(
  url: string,
  statement: string,
  ...params: readonly (string | number | null)[]
): Promise<boolean> {
  const db = new DatabaseSync(url.slice(5));
  try {
    return await whenFree(() => db.prepare(statement).run(...params).changes > 0);
  } catch (error) {
    if (!String(error).includes('constraint failed')) throw error;
    return false;
  } finally {
    db.close();
  }
}

async function granted() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-grants-'));
  const url = `file:${join(folder, 'test.db')}`;
  const engine = await fakeEngine({
    'GET /containers/json': json([
      { Id: ID, Names: ['/shop'], State: 'running', Status: 'Up', ImageID: `sha256:${ID}` },
    ]),
    [`GET /containers/${ID}/json`]: json({ Id: ID, Name: '/shop', Config: { Env: [] }, State: { Running: true } }),
    [`POST /containers/${ID}/exec`]: json({ Id: EXEC }, 201),
    [`POST /exec/${EXEC}/start`]: chunks([frame(1, 'hi\n')]),
    [`GET /exec/${EXEC}/json`]: json({ Running: false, ExitCode: 0 }),
  });
  const rules = [{ commands: ['echo *', 'id'], onGrant: true }];
  const roles = { operator: { commands: ['exec', 'grant', 'grants'], exec: rules } };
  const desk = await openDesk(
    { 'web-1': engine.socketPath },
    [],
    { roles, budget: { commands: 10_000, per: '1m' } },
    url,
  );
  const now = Date.now();
  const grant = { channel: CHANNEL, host: 'web-1', reason: 'x', approvedBy: 'U0OPS1', beginsAt: now };
  const mine = { ...grant, id: 'G1', person: PERSON, container: 'shop', allowed: ['echo *'], until: now + 60_000 };
  const other = { ...grant, id: 'G2', person: 'U0OPS3', container: 'api', allowed: ['id'], until: now + 900_000 };
  await desk.store.execGrants.begin(mine);
  await desk.store.execGrants.begin(other);
  const close = async () => {
    await desk[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  };
  return { url, engine, desk, [Symbol.asyncDispose]: close };
}

/** Programs that were run, but for the probe for `timeout`. */
const begun = ({ asked }: FakeEngine) => asked.filter(({ body }) => body.includes('"echo"')).length;

it('a grant opens what it names, and none once a column of its row is changed in the database, to whatever value', async () => {
  await using it = await granted();
  const { url, engine, desk } = it;
  await desk.say(LINE);
  expect(begun(engine)).toBe(1);

  const db = new DatabaseSync(url.slice(5));
  const rows = db.prepare('select * from exec_grants order by id').all() as Record<string, string | number | null>[];
  db.close();
  const [mine = {}, other = {}] = rows;
  const restore = () =>
    tamper(
      url,
      `update exec_grants set ${Object.keys(mine)
        .map((column) => `${column} = ?`)
        .join(', ')} where rowid = 1`,
      ...Object.values(mine),
    );
  const values = [null, 0, 1, '', '["echo *","id"]', PERSON, 'shop', 'web-1', Date.now() + 500_000, 'G9'];
  let changed = 0;
  for (const column of [...SIGNED_TABLES.exec_grants.columns, 'mac'])
    for (const value of [...values, other[column] ?? null]) {
      const isChanged = await tamper(
        url,
        `update exec_grants set ${column} = ? where rowid = 1 and ${column} is not ?`,
        value,
        value,
      );
      if (!isChanged) continue;
      changed += 1;
      expect([column, value, await desk.say(LINE)]).toMatchObject([column, value, { reason: 'not_permitted' }]);
      const { grants } = resultOf<GrantsResult>(await desk.say('/dock grants'));
      expect([column, value, grants.map(({ id }) => id)]).toEqual([column, value, ['G2']]);
      expect((await desk.store.verify()).ok).toBe(false);
      await restore();
    }

  expect(changed).toBeGreaterThan(60);
  expect(begun(engine)).toBe(1);
  expect((await desk.store.verify()).ok).toBe(true);
  await desk.say(LINE);
  expect(begun(engine)).toBe(2);
}, 60_000);
