import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FIRST } from '../../src/store/sqlite/migrations/first.ts';
import { openStore } from '../../src/store/store.ts';
import type { Version } from '../../src/store/versions.ts';
import { freshStore, question } from './fixture.ts';
import { KEYS } from './keys.ts';

const fixture = freshStore();

describe('versions known to work', () => {
  const version = (digest: string, at: number, more: Partial<Version> = {}): Version => ({
    service: 'shop',
    host: 'web-1',
    repository: 'registry.example.com/shop',
    digest,
    tag: '1.0',
    deployment: `D${at}`,
    by: 'U0DEV1',
    at,
    verdict: 'deployed',
    ...more,
  });

  it('are listed newest first, each digest once', async () => {
    const { versions } = fixture.store;
    await versions.record(version('sha256:a', 1));
    await versions.record(version('sha256:b', 2, { tag: undefined }));
    await versions.record(version('sha256:a', 3, { tag: '1.0.1' }));
    await versions.record(version('sha256:b', 1, { tag: 'late news of an older one' }));
    await versions.record(version('sha256:a', 2, { host: 'web-2' }));
    expect(await fixture.other.versions.of({ service: 'shop', host: 'web-1', limit: 10 })).toMatchObject([
      version('sha256:a', 3, { tag: '1.0.1' }),
      version('sha256:b', 2, { tag: undefined }),
    ]);
    expect((await versions.of({ service: 'shop', limit: 2 })).map(({ host }) => host)).toEqual(['web-1', 'web-1']);
    expect(await versions.of({ service: 'api', limit: 2 })).toEqual([]);
  });

  it('that served before a deployment are dated last, by any clock, and keep who deployed them', async () => {
    const { versions, approvals, deployments } = fixture.store;
    await versions.record(version('sha256:a', 5, { tag: '1.0' }));
    await versions.record(version('sha256:b', 9));
    const served = [
      version('sha256:a', 3, { tag: undefined, by: 'U0OPS1', verdict: 'served' }),
      version('sha256:hand', 3, { host: 'web-2', verdict: 'served' }),
    ];
    await approvals.create(question('A1'));
    await deployments.start({ id: 'D9', approval: 'A1', hosts: ['web-1', 'web-2'], by: 'U0OPS1', at: 3, served });

    const of = (host: string) => fixture.other.versions.of({ service: 'shop', host, limit: 3 });
    expect(await of('web-1')).toMatchObject([version('sha256:a', 10, { deployment: 'D5' }), version('sha256:b', 9)]);
    expect(await of('web-2')).toMatchObject([{ digest: 'sha256:hand', verdict: 'served', integrity: 'signed' }]);
  });

  it('of a host are the newest few of each service: what a prune leaves alone', async () => {
    const { versions } = fixture.store;
    for (const service of ['shop', 'api'])
      for (const at of [1, 2, 3]) await versions.record(version(`sha256:${service}${at}`, at, { service }));
    await versions.record(version('sha256:elsewhere', 9, { host: 'web-2' }));
    expect((await versions.newestOn('web-1', 2)).map(({ digest }) => digest)).toEqual([
      'sha256:api3',
      'sha256:api2',
      'sha256:shop3',
      'sha256:shop2',
    ]);
  });
});

describe('cards', () => {
  const card = { subject: 'A1', kind: 'card', channel: 'C0PROD', ts: '1.1' };

  it('are found again; of two that were posted for the same thing, one is too many', async () => {
    expect(await fixture.store.cards.put(card)).toBe(true);
    expect(await fixture.other.cards.put({ ...card, ts: '1.2' })).toBe(false);
    expect(await fixture.other.cards.get('A1', 'card')).toMatchObject(card);
    expect(await fixture.store.cards.get('A1', 'copy')).toBeUndefined();
    await fixture.store.cards.put({ ...card, kind: 'copy', channel: 'D1' });
    expect((await fixture.store.cards.of('A1')).map(({ channel }) => channel)).toEqual(['C0PROD', 'D1']);
  });

  it('are those of questions that are open, under way, or ended of late; what they show is remembered', async () => {
    const { approvals, cards } = fixture.store;
    for (const id of ['A1', 'A2', 'A3']) {
      await approvals.create(question(id, { requestedAt: Number(id[1]) }));
      await cards.put({ ...card, subject: id });
    }
    await approvals.decide({ id: 'A2', state: 'rejected', by: 'U1', at: 10 });
    await approvals.decide({ id: 'A3', state: 'rejected', by: 'U1', at: 50 });
    const active = { kind: 'card', since: 20, limit: 5 };
    expect(await fixture.other.cards.active(active)).toEqual(['A3', 'A1']);
    await cards.markRendered({ ...card, rendered: 'hash' });
    expect(await cards.get('A1', 'card')).toMatchObject({ rendered: 'hash' });
    await cards.markRendered(card);
    expect(await cards.get('A1', 'card')).toMatchObject({ ...card, outdated: true });
  });

  it('that are being posted are found by others, one of which takes over', async () => {
    const { store, other } = fixture;
    const silentMs = expect.any(Number);
    const posting = { subject: 'A1', kind: 'card', channel: 'C0PROD', poster: 'P1' };
    await store.cards.beginPosting(posting);
    await store.cards.beginPosting({ ...posting, subject: 'A2', thread: '1.0' });
    expect(await other.cards.unposted('card')).toEqual([
      { ...posting, silentMs },
      { ...posting, subject: 'A2', thread: '1.0', silentMs },
    ]);
    expect(await other.cards.takeOverPosting(posting, 'P2')).toBe(true);
    expect(await store.cards.takeOverPosting(posting, 'P3')).toBe(false);
    await store.cards.cancelPosting('A2', 'card');
    expect(await store.cards.unposted('card')).toEqual([{ ...posting, poster: 'P2', silentMs }]);
  });

  it('are replaced once, by a process that saw the missing one', async () => {
    await fixture.store.cards.put(card);
    expect(await fixture.store.cards.put({ ...card, ts: '2.1', replaces: '1.1' })).toBe(true);
    expect(await fixture.other.cards.put({ ...card, ts: '2.2', replaces: '1.1' })).toBe(false);
    expect(await fixture.store.cards.get('A1', 'card')).toMatchObject({ ts: '2.1' });
  });
});

describe('the database', () => {
  it('in memory is one for its process, and is gone with it', async () => {
    const store = await openStore(':memory:', KEYS);
    await store.cards.put({ subject: 'A1', kind: 'card', channel: 'C0PROD', ts: '1.1' });
    expect(await store.cards.get('A1', 'card')).toMatchObject({ ts: '1.1' });
    await store.close();
  });

  it('of an older Fairlead is brought up to date, with what was asked before', async () => {
    const path = fixture.url.slice(5);
    const old = `${path}.old`;
    const db = new DatabaseSync(old);
    for (const text of FIRST) db.exec(text);
    db.exec(`create table versions (version bigint primary key); insert into versions (version) values (1);
      insert into approvals (id, command, line, channel, requested_by, requested_at, expires_at, plan, hash, state)
      values ('A1', 'prune', 'prune images', 'C0', 'U1', 1, 1000, '{}', 'h', 'pending'),
        ('A2', 'deploy', 'deploy shop', 'C0', 'U1', 1, 1000, '{"overrides":{"environment":{"TOKEN":"hunter22"}}}', 'h', 'pending')`);
    db.close();
    const store = await openStore(`file:${old}`, KEYS);
    // Nobody can say who put what was asked before records were signed.
    expect(await store.approvals.get('A1')).toMatchObject({
      command: 'prune',
      service: undefined,
      reminders: 0,
      state: 'superseded',
      integrity: 'before',
    });
    expect((await store.approvals.get('A2'))?.plan).toEqual({ overrides: { environment: {} } });
    expect(await store.approvals.vote({ id: 'A1', person: 'U2', at: 2 })).toMatchObject({ why: 'superseded' });
    expect(await store.approvals.remind(5)).toEqual([]);
    expect(await store.verify()).toMatchObject({ ok: true, audit: { records: 1, signedFrom: 1 } });
    await store.close();
  });

  it('that cannot be brought up to date stays as it was, and is closed', async () => {
    const path = fixture.url.slice(5);
    const old = `${path}.half`;
    const db = new DatabaseSync(old);
    db.exec('create table versions (version bigint primary key)');
    for (const text of FIRST) db.exec(text);
    db.exec('insert into versions (version) values (1)');
    // The next version would make it.
    db.exec('create table votes (id text)');
    db.close();
    await expect(openStore(`file:${old}`, KEYS)).rejects.toThrow('table votes already exists');
    expect(existsSync(`${old}-wal`)).toBe(false);
    const again = new DatabaseSync(old);
    expect(again.prepare('select max(version) as version from versions').get()).toMatchObject({ version: 1 });
    expect(() => again.prepare('select service from approvals')).toThrow('no such column');
    again.close();
  });

  it('of a newer Fairlead is left alone', async () => {
    const db = new DatabaseSync(fixture.url.slice(5));
    db.exec('insert into versions (version) values (99)');
    db.close();
    await expect(openStore(fixture.url, KEYS)).rejects.toThrow(
      /test\.db cannot be used: it is at version 99, and this Fairlead knows versions up to \d+/u,
    );
  });

  it('may be opened by several at once when it is new', async () => {
    const url = `${fixture.url}.new`;
    // Locked for a moment, as by a process that opens it first. The lock ends by itself: opening blocks this thread.
    const script = `import { DatabaseSync } from 'node:sqlite';
      const db = new DatabaseSync(process.argv[1]);
      db.exec('create table versions (version bigint primary key); begin immediate');
      process.stdout.write('holds it');
      setTimeout(() => db.exec('commit'), 300);`;
    const first = spawn(process.execPath, ['--input-type=module', '-e', script, url.slice(5)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(first, 'exit');
    await once(first.stdout, 'data');

    const store = await openStore(url, KEYS);
    expect(await store.locks.list(0)).toEqual([]);
    await store.close();
    expect(await ended).toEqual([0, null]);
  });
});
