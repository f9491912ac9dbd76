import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { CHANGES } from '../../src/store/changes.ts';
import { DEPLOYMENTS } from '../../src/store/deployments.ts';
import { ONGOING } from '../../src/store/ongoing.ts';
import { OUTBOX } from '../../src/store/outbox.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { question } from './fixture.ts';
import { KEYS } from './keys.ts';
import { ENDS_ALL } from './postgres-opened.ts';
import { postgresProxy } from './postgres-proxy.ts';

// So short that a silent connection is found out, and made again, within a test.
vi.mock('../../src/store/postgres/waits.ts', async (original) => ({
  ...(await original<typeof import('../../src/store/postgres/waits.ts')>()),
  CLOSE_MS: 300,
  LISTEN: { ALIVE_MS: 200, ANSWER_MS: 300, FIRST_PAUSE_MS: 50, MOST_PAUSE_MS: 200 },
}));

describeWithPostgres('hints to other processes on PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const opened = async (url: string): Promise<Store> => {
    const store = await openStore(url, KEYS);
    onTestFinished(() => store.close());
    return store;
  };
  const listening = async (url: string) => {
    const name = new URL(url).pathname.slice(1);
    const asked = `select count(*) from pg_stat_activity where datname = '${name}'
      and (query like 'listen %' or query like '%as alive') and application_name like 'fairlead %'`;
    return Number(await postgres.ask(url, asked));
  };
  /** Tells until it is heard: what is told while nobody listens yet is lost. */
  const tellUntil = (teller: Store, topic: string, heard: ReturnType<typeof vi.fn>) =>
    vi.waitFor(
      () => {
        teller.hints.tell(topic);
        expect(heard).toHaveBeenCalled();
      },
      { timeout: 10_000, interval: 100 },
    );

  it('are heard there and here once each, and none of another topic', async () => {
    const url = await postgres.url();
    const [here, there] = [await opened(url), await opened(url)];
    const [jobs, jobsHere, others, readyHere] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    there.hints.hear('jobs', jobs);
    there.hints.hear('others', others);
    here.hints.hear('jobs', jobsHere);
    here.hints.hear('ready', readyHere);
    await vi.waitFor(async () => expect(await listening(url)).toBe(2));
    here.hints.tell('jobs');
    await vi.waitFor(() => expect(jobs).toHaveBeenCalled());
    // What comes behind its own has come after it.
    there.hints.tell('ready');
    await vi.waitFor(() => expect(readyHere).toHaveBeenCalled());
    expect(jobs).toHaveBeenCalledOnce();
    expect(jobsHere).toHaveBeenCalledOnce();
    expect(others).not.toHaveBeenCalled();
  });

  it('come with what another process has to hear of: a stop, a note, a deployment and its wave, a change event', async () => {
    const url = await postgres.url();
    const [here, there] = [await opened(url), await opened(url)];
    const heard = [ONGOING, OUTBOX, CHANGES, DEPLOYMENTS].map((topic) => {
      const listener = vi.fn();
      there.hints.hear(topic, listener);
      return listener;
    });
    await vi.waitFor(async () => expect(await listening(url)).toBe(1));
    await there.ongoing.begin({ id: 'R1', person: 'ann', owner: 'A', until: 1 });
    await here.ongoing.stop('R1', 'ann');
    await here.outbox.add({ place: 'C0PROD', note: {}, at: 1 });
    await here.approvals.create(question('A1'));
    await here.deployments.start({ id: 'D1', approval: 'A1', hosts: ['web-1'], by: 'U0OPS1', at: 10, tell: ['hook'] });
    const areHeard = (these: typeof heard) =>
      vi.waitFor(() => {
        for (const one of these) expect(one).toHaveBeenCalled();
      });
    await areHeard(heard);

    const changed = heard.slice(2);
    for (const one of changed) one.mockClear();
    const lease = (await here.deployments.claim('P1', 20))?.lease ?? { deployment: '', owner: '', attempt: 0 };
    await here.deployments.requestWave(lease, { wave: 1, at: 20, until: 90, remindEvery: 10 });
    await here.deployments.approveWave('D1', 1, 30);
    await here.deployments.finish(lease, { verdict: 'deployed', at: 40, tell: ['hook'] });
    await areHeard(changed);
  });

  it('of one moment, and of strangers, have a process look a few times at most', async () => {
    const url = await postgres.url();
    const [here, there] = [await opened(url), await opened(url)];
    const [heard, ready] = [vi.fn(), vi.fn()];
    there.hints.hear('outbox', heard);
    there.hints.hear('ready', ready);
    await vi.waitFor(async () => expect(await listening(url)).toBe(1));
    await postgres.ask(
      url,
      `select pg_notify('fairlead', '') , pg_notify('fairlead', repeat('outbox ', 1000) || 'é');
       select pg_notify('fairlead', 'x' || n || ' outbox') from generate_series(1, 5000) n`,
    );
    for (let n = 0; n < 1000; n += 1) here.hints.tell('outbox');
    here.hints.tell('ready');
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 10_000);
    expect(heard.mock.calls.length).toBeGreaterThanOrEqual(1);
    expect(heard.mock.calls.length).toBeLessThan(50);
  });

  it('are heard again on another connection when the server ended the one before', async () => {
    const url = await postgres.url();
    const [here, there] = [await opened(url), await opened(url)];
    const heard = vi.fn();
    there.hints.hear('jobs', heard);
    await tellUntil(here, 'jobs', heard);
    for (const cut of [() => postgres.ask(url, ENDS_ALL), () => postgres.restart()]) {
      await cut();
      heard.mockClear();
      await tellUntil(here, 'jobs', heard);
    }
  });

  it('are heard again when the network was silent', async () => {
    const url = await postgres.url();
    await using proxy = await postgresProxy(url);
    const [here, there] = [await opened(url), await opened(proxy.url)];
    const heard = vi.fn();
    there.hints.hear('jobs', heard);
    await tellUntil(here, 'jobs', heard);
    await proxy.breakAt('as alive', 'freeze');
    heard.mockClear();
    await tellUntil(here, 'jobs', heard);
    await there.close();
  });

  it('cost a connection only while somebody hears them, and none that cannot be had stops anything', async () => {
    const url = await postgres.url();
    await using proxy = await postgresProxy(url);
    const store = await opened(proxy.url);
    expect(await listening(url)).toBe(0);
    const unhear = [store.hints.hear('jobs', vi.fn()), store.hints.hear('jobs', vi.fn())];
    await vi.waitFor(async () => expect(await listening(url)).toBe(1));
    unhear[0]?.();
    unhear[0]?.();
    expect(await listening(url)).toBe(1);
    unhear[1]?.();
    await vi.waitFor(async () => expect(await listening(url)).toBe(0));
    proxy.refuse = true;
    const heard = vi.fn();
    store.hints.hear('jobs', heard);
    store.hints.tell('jobs');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    proxy.refuse = false;
    await vi.waitFor(async () => expect(await listening(url)).toBe(1), 5000);
    await store.close();
    expect(await listening(url)).toBe(0);
  });

  it('stay within a process behind a pooler, which has no connection that listens', async () => {
    const url = await postgres.bouncer();
    const store = await opened(url);
    const heard = vi.fn();
    store.hints.hear('jobs', heard);
    store.hints.tell('jobs');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    expect(await listening(url)).toBe(0);
  });
});
