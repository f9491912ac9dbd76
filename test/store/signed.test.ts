import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { SIGNED_TABLES } from '../../src/store/signed.ts';
import { openStore } from '../../src/store/store.ts';
import { auditEntry, beginnings, freshStore, program, question } from './fixture.ts';
import { KEYS, RECORD_KEY } from './keys.ts';
import { newJob } from './new-job.ts';

const fixture = freshStore();
// What is remembered was recorded first.
beforeEach(async () => void (await fixture.store.audit.append(auditEntry())));
const { started, claimed } = beginnings(fixture);

/** What somebody with the file in their hands does, without the key. */
function tamper(...statements: readonly string[]): void {
  const db = new DatabaseSync(fixture.url.slice(5));
  db.exec('pragma foreign_keys = off');
  for (const statement of statements) db.exec(statement);
  db.close();
}

/** A row in every table that is signed. */
async function oneOfEach(): Promise<void> {
  const { approvals, versions, deployments, execs } = fixture.store;
  await execs.begin(program('E1'));
  const place = { host: 'web-1', person: 'U0DEV1', channel: 'C0PROD', until: 9 };
  await fixture.store.runs.begin({ id: 'R1', container: 'c1', name: 'shop', ...place });
  const grant = { person: 'U0DEV1', channel: 'C0PROD', host: 'web-1', container: 'shop', allowed: ['ls'], reason: 'x' };
  await fixture.store.execGrants.begin({ id: 'G1', ...grant, approvedBy: 'U0OPS1', beginsAt: 5, until: 9 });
  await fixture.store.jobs.add(newJob('J1', {}, 5));
  await started('D1', { service: 'shop' });
  await deployments.hostVerdict(await claimed(), { host: 'web-1', verdict: 'deployed', detail: {}, at: 6 });
  await approvals.create(question('A2', { service: 'api' }));
  await approvals.vote({ id: 'A2', person: 'U0OPS1', at: 5, factor: 'totp' });
  const glass = { reason: 'the shop is down', reviewBy: 900 };
  await deployments.start({ id: 'D2', approval: 'A2', hosts: ['web-2'], by: 'U0OPS1', at: 6, breakGlass: glass });
  const version = { service: 'shop', host: 'web-1', repository: 'r', digest: 'sha256:1', tag: '1', deployment: 'D0' };
  await versions.record({ ...version, by: 'U0DEV1', at: 1, verdict: 'deployed' });
}

const columns = Object.entries(SIGNED_TABLES).flatMap(([table, spec]) => spec.columns.map((column) => [table, column]));

describe('a signed record', () => {
  it.each(columns)('of %s, whose %s was changed, is named by verify', async (table, column) => {
    await oneOfEach();
    expect(await fixture.store.verify()).toMatchObject({ ok: true, missing: [] });

    tamper(`update ${table} set ${column} = coalesce(${column}, 0) || '7'`);

    const found = await fixture.store.verify();
    expect(found.ok).toBe(false);
    expect(found.tables.find((one) => one.table === table)).toMatchObject({ signed: 0 });
  });

  it.each([
    'set mac = null',
    "set mac = 'before:' || mac",
    "set mac = ''",
    "set mac = 'zz'",
    "set mac = x'00'",
    'set mac = (select mac from approvals limit 1)',
  ])('is forged with %s', async (change) => {
    await oneOfEach();
    tamper(`update deployments ${change}`);
    expect((await fixture.store.verify()).tables.find(({ table }) => table === 'deployments')).toMatchObject({
      forged: ['D1', 'D2'],
      signed: 0,
      before: 0,
    });
  });

  it('copied to another id, with its MAC, is forged', async () => {
    await started('D1', { service: 'shop' });
    const copied = SIGNED_TABLES.approvals.columns.filter((column) => column !== 'id').join(', ');
    tamper(`insert into approvals (id, ${copied}, mac) select 'A9', ${copied}, mac from approvals`);

    expect((await fixture.store.verify()).tables[0]).toMatchObject({ table: 'approvals', forged: ['A9'], signed: 1 });
    expect(await fixture.store.approvals.get('A9')).toMatchObject({ integrity: 'forged' });
  });

  it('keeps half a character and a zero byte as the database does', async () => {
    await fixture.store.approvals.create(question('A1', { line: 'deploy \ud83d shop', requestedBy: 'a\u0000b' }));
    expect(await fixture.store.verify()).toMatchObject({ ok: true });
  });

  it('is verified under a former key, and signed again under the key of now when it changes', async () => {
    await fixture.store.approvals.create(question('A1'));
    const next = 'ab'.repeat(32);
    const rotated = await openStore(fixture.url, { record: { current: next, former: [RECORD_KEY] } });
    expect(await rotated.verify()).toMatchObject({ ok: true });
    expect(await rotated.approvals.decide({ id: 'A1', state: 'rejected', by: 'U1', at: 5 })).toMatchObject({
      won: true,
    });
    await rotated.close();

    const later = await openStore(fixture.url, { record: { current: next } });
    expect(await later.approvals.get('A1')).toMatchObject({ integrity: 'signed' });
    await later.close();
    expect(await fixture.store.approvals.get('A1')).toMatchObject({ integrity: 'forged' });
  });
});

describe('the output of a program', () => {
  const text = 'one\n';
  const sha256 = hash('sha256', text);
  const ended = { ended: 'exited', exitCode: 0, ms: 3, bytes: 4, sha256, kept: text } as const;

  beforeEach(async () => {
    const { execs, audit } = fixture.store;
    await execs.begin(program('E1'));
    await execs.finish('E1', ended);
    const output = { bytes: 4, sha256, kept: sha256 };
    await audit.append(auditEntry({ kind: 'outcome', request: 'E1', command: 'exec', outcome: 'ok', output }));
  });

  it('is what the audit log tells of', async () => {
    expect(await fixture.store.verify()).toMatchObject({ ok: true, missing: [] });
    expect(await fixture.store.execs.get('E1')).toMatchObject({ end: ended, integrity: 'signed' });
  });

  it('is written once', async () => {
    await fixture.store.execs.finish('E1', { ...ended, kept: 'two' });
    expect(await fixture.store.execs.get('E1')).toMatchObject({ end: ended });
  });

  it('of a row that somebody ended by hand breaks neither its reading nor the verification', async () => {
    const { execs } = fixture.store;
    await execs.begin({ ...program('E2'), granted: 'G1' });
    tamper("update execs set ended = 'exited' where id = 'E2'");

    const found = { granted: 'G1', integrity: 'forged', end: { exitCode: undefined, bytes: 0, sha256: '', kept: '' } };
    expect(await execs.get('E2')).toMatchObject(found);
    expect(await execs.ofGrant('G1')).toMatchObject([found]);
    expect((await fixture.store.verify()).ok).toBe(false);
  });

  it.each(['delete from execs', "update execs set kept = 'two'", "update execs set sha256 = 'x'"])(
    'is missed after %s',
    async (change) => {
      tamper(change);
      const found = await fixture.store.verify();
      expect(found.ok).toBe(false);
      expect(found.missing).toEqual([expect.stringContaining('execs E1')]);
    },
  );
});

it('a grant whose commands somebody changed by hand allows nothing, and is told from a signed one', async () => {
  await oneOfEach();
  expect(await fixture.store.execGrants.get('G1')).toMatchObject({ allowed: ['ls'], integrity: 'signed' });
  for (const allowed of ['{"0":"sh"}', 'sh', 'null']) {
    tamper(`update exec_grants set allowed = '${allowed}'`);
    expect(await fixture.store.execGrants.get('G1')).toMatchObject({ allowed: [], integrity: 'forged' });
  }
});

it('an output that is on record beside no program is missed', async () => {
  const output = { bytes: 4, sha256: 'a', kept: 'b' };
  await fixture.store.audit.append(
    auditEntry({ kind: 'outcome', request: 'E9', command: 'exec', outcome: 'ok', output }),
  );
  expect((await fixture.store.verify()).missing).toEqual([expect.stringContaining('execs E9')]);
});

describe('a forged question', () => {
  const forge = () => tamper("update approvals set expires_at = expires_at + 1000000 where id = 'A1'");

  it('takes no yes and no answer, starts nothing, and stands in nobody’s way', async () => {
    const { approvals, deployments } = fixture.store;
    await approvals.create(question('A1', { hash: 'aa11', remindEvery: 1 }));
    await approvals.create(question('A2', { hash: 'aa12' }));
    forge();

    const untrusted = { why: 'untrusted' };
    expect(await approvals.vote({ id: 'A1', person: 'U1', at: 5 })).toMatchObject(untrusted);
    expect(await approvals.decide({ id: 'A1', state: 'approved', by: 'U1', at: 5 })).toMatchObject(untrusted);
    expect(await deployments.start({ id: 'D', approval: 'A1', hosts: ['h'], by: 'U1', at: 5 })).toMatchObject(
      untrusted,
    );
    expect((await approvals.pending({ now: 5 })).map(({ id }) => id)).toEqual(['A2']);
    expect((await approvals.find('aa1', 'C0PROD'))?.id).toBe('A2');
    expect((await approvals.find('A1', 'C0PROD'))?.integrity).toBe('forged');
    expect(await approvals.remind(50)).toEqual([]);
  });

  it('expires without being signed on the way', async () => {
    await fixture.store.approvals.create(question('A1'));
    forge();
    expect(await fixture.store.approvals.expire(2_000_000)).toEqual([]);
    expect(await fixture.store.approvals.get('A1')).toMatchObject({ state: 'expired', integrity: 'forged' });
  });

  it.each(['not json', '{"hosts":', '', 'null'])('whose plan is %j is read all the same', async (plan) => {
    await started('D1');
    tamper(`update approvals set plan = '${plan}'`, `update deployments set plan = '${plan}'`);
    expect((await fixture.store.approvals.get('A-D1'))?.integrity).toBe('forged');
    expect(await fixture.store.deployments.claim('P1', 20)).toMatchObject({ deployment: { integrity: 'forged' } });
    expect(await fixture.store.deployments.recent({ limit: 5 })).toEqual([]);
  });
});

describe('a forged deployment', () => {
  it('stays forged whatever is written to it', async () => {
    const { deployments } = fixture.store;
    await started('D1', { service: 'shop' });
    tamper("update deployments set started_by = 'U0X'");
    const lease = await claimed();
    await deployments.requestWave(lease, { wave: 1, at: 100, until: 200, remindEvery: 10 });
    await deployments.approveWave('D1', 1, 150);
    await deployments.requestAbort('D1', 'U1', 160);
    expect(await deployments.remindWaves(170)).toEqual([]);
    await deployments.finish(lease, { verdict: 'refused', at: 170 });

    expect(await deployments.get('D1')).toMatchObject({ state: 'ended', integrity: 'forged' });
    expect(await fixture.store.verify()).toMatchObject({ ok: false });
  });

  it.each(["state = 'queued', attempt = 0", 'gone_on = 1', "verdict = null, state = 'queued'"])(
    'by %s is found after its end',
    async (set) => {
      await started('D1', { service: 'shop' });
      await fixture.store.deployments.finish(await claimed(), { verdict: 'deployed', at: 170 });
      expect(await fixture.store.verify()).toMatchObject({ ok: true });
      tamper(`update deployments set ${set}`);
      expect(await fixture.store.deployments.get('D1')).toMatchObject({ integrity: 'forged' });
    },
  );
});

it('a forged version is nothing to go back to, hides none from a prune, and gives way to a true one', async () => {
  const { versions } = fixture.store;
  const version = { service: 'shop', host: 'web-1', repository: 'r', tag: '1', deployment: 'D0', by: 'U', at: 1 };
  await versions.record({ ...version, digest: 'sha256:1', verdict: 'deployed' });
  tamper(
    `insert into verified (service, host, digest, tag, repository, deployment, by, at, verdict, mac)
     select service, host, 'sha256:evil', tag, repository, deployment, by, 99, verdict, mac from verified`,
  );
  const known = async () => (await versions.of({ service: 'shop', limit: 1 })).map(({ digest }) => digest);
  expect(await known()).toEqual(['sha256:1']);
  expect((await versions.newestOn('web-1', 1)).map(({ digest }) => digest)).toEqual(['sha256:1']);

  await versions.record({ ...version, digest: 'sha256:evil', at: 5, verdict: 'deployed' });
  expect(await known()).toEqual(['sha256:evil']);
});

it('a forged signature under a review closes none', async () => {
  await oneOfEach();
  tamper("update reviews set person = 'U0X'");
  expect(await fixture.store.reviews.sign('D2', 'U0OPS2', 10)).toBeUndefined();
  expect(await fixture.store.reviews.sign('D9', 'U0OPS2', 10)).toBeUndefined();
  expect(await fixture.store.reviews.get('D2')).toMatchObject({ integrity: 'forged', signedBy: undefined });
});

it('what was there before signing began is marked so, and changes without becoming signed', async () => {
  await started('D1', { service: 'shop' });
  const tables = [...Object.keys(SIGNED_TABLES), 'audit', 'audit_head'];
  tamper(
    ...tables.map((table) => `alter table ${table} drop column mac`),
    ...['signed_from', 'shipped_at', 'shipped_seq'].map((column) => `alter table audit_head drop column ${column}`),
    // What came after signing.
    'drop table deliveries',
    ...['outbox', 'execs', 'runs', 'exec_grants', 'scans', 'changes', 'replicas', 'ongoing', 'budgets', 'jobs'].map(
      (table) => `drop table ${table}`,
    ),
    ...['thread', 'owed', 'poster', 'posting_at'].map((column) => `alter table cards drop column ${column}`),
    'alter table approvals drop column reason',
    ...['abort_reason', 'handed_on'].map((column) => `alter table deployments drop column ${column}`),
    'drop index deployments_by_seq',
    'drop index deployments_attention',
    'alter table deployments drop column seq',
    'delete from versions where version >= 7',
  );
  const store = await openStore(fixture.url, KEYS);

  const old = await store.deployments.get('D1');
  expect(old).toMatchObject({ integrity: 'before', state: 'queued' });
  await store.deployments.requestAbort('D1', 'U1', 5);
  expect(await store.deployments.get('D1')).toMatchObject({ integrity: 'before', abortBy: 'U1' });
  const found = await store.verify();
  // One of them is the answer that started the deployment.
  expect(found).toMatchObject({ ok: true, audit: { records: 3 } });
  expect(found.tables).toMatchObject([
    { table: 'approvals', before: 1 },
    {},
    { table: 'deployments', before: 1 },
    ...[{}, {}, {}, {}, {}, {}, {}],
  ]);
  expect(await store.audit.search({ limit: 1 })).toMatchObject([{ kind: 'event', outcome: 'ok' }]);
  await store.close();
});
