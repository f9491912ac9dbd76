import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/index.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeWithPostgres, startPostgres } from '../bed/postgres.ts';
import { type Answer, fakeEngine, IMAGE_ID, json } from '../docker/fake-engine.ts';
import { KEYS } from '../store/keys.ts';
import { startFleet } from './fleet.ts';

const IMAGE = { Id: IMAGE_ID, RepoTags: [], RepoDigests: [], Os: 'linux', Architecture: 'amd64', Size: 1, Created: '' };
const said = ({ text, blocks }: Message) => `${text}\n${JSON.stringify(blocks)}`;

/** Two replicas on one PostgreSQL, a person, and one who can stop the replica that is at work. */
async function replicas(socketPath: string) {
  const postgres = await startPostgres();
  const url = await postgres.url();
  const fleet = await startFleet({ databases: [url, url], people: 1, socketPath });
  const store = await openStore(url, KEYS);
  const { slack, channel, people } = fleet;
  const [person = ''] = people;
  let pid = 0;
  const signal = (name: NodeJS.Signals) => void (pid > 0 && process.kill(pid, name));
  return {
    slack,
    store,
    person,
    channel,
    waitFor: (words: RegExp) =>
      slack.waitFor((message) => words.test(said(message)), { channel, as: person, timeoutMs: 60_000 }),
    /** SIGSTOP to the replica that has the one unanswered request. */
    async suspend() {
      const [{ owner = '' } = {}] = await store.deliveries.unanswered();
      pid = Number(owner.split('/')[1]);
      signal('SIGSTOP');
    },
    resume: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      signal('SIGCONT');
      await store.close();
      await fleet[Symbol.asyncDispose]();
      await postgres.stop();
    },
  };
}

const outcomes = async ({ audit }: Store) =>
  (await audit.search({ limit: 20 })).filter(({ kind }) => kind === 'outcome').map(({ outcome }) => outcome);

describeWithPostgres('a replica that stands still in the middle of a change', { timeout: 120_000 }, () => {
  it('pulls once: another says meanwhile that it was interrupted, and then the answer stands alone', async () => {
    let pulls = 0;
    const pulling = Promise.withResolvers<ServerResponse>();
    await using engine = await fakeEngine({
      'GET /containers/json': json([]),
      'GET /images/json': json([]),
      'GET /images/docker.io/fairlead/shop%3A1/json': json(IMAGE),
      'POST /images/create': (response) => {
        pulls += 1;
        response.writeHead(200).write(`${JSON.stringify({ status: 'Waiting', id: 'l1' })}\n`);
        pulling.resolve(response);
      },
    });
    await using it = await replicas(engine.socketPath);
    const { slack, store, person, channel } = it;
    await slack.type({ person, channel, text: '/pull docker.io/fairlead/shop:1' });
    const response = await pulling.promise;
    await it.suspend();
    await it.waitFor(/Fairlead was stopped during `\/pull/u);

    it.resume();
    response.end(`${JSON.stringify({ status: 'Status: Downloaded newer image for x' })}\n`);
    await it.waitFor(/^Pulled /u);

    await expect.poll(() => outcomes(store), { timeout: 10_000 }).toEqual(['ok', 'failed']);
    const shown = () => slack.messages({ channel, as: person }).map(({ text }) => text);
    await expect.poll(shown, { timeout: 10_000 }).toEqual([expect.stringMatching(/^Pulled /u)]);
    expect(pulls).toBe(1);
    expect(await store.deliveries.unanswered()).toEqual([]);
  });

  it('removes each image once, and the last word is what it removed', async () => {
    const images = ['a', 'b'].map((letter) => ({
      ...IMAGE,
      Id: `sha256:${letter.repeat(64)}`,
      RepoTags: null,
      RepoDigests: null,
      Created: 1,
    }));
    const removed: string[] = [];
    const removing = Promise.withResolvers<() => void>();
    const remove =
      (id: string): Answer =>
      (response, request) => {
        removed.push(id);
        const done = () => json([{ Deleted: id }])(response, request);
        if (removed.length === 1) removing.resolve(done);
        else done();
      };
    await using engine = await fakeEngine({
      'GET /containers/json': json([]),
      'GET /images/json': json(images),
      ...Object.fromEntries(images.map(({ Id }) => [`DELETE /images/${encodeURIComponent(Id)}`, remove(Id)])),
    });
    await using it = await replicas(engine.socketPath);
    const { slack, store, person, channel } = it;
    await slack.type({ person, channel, text: '/prune images' });
    const preview = await it.waitFor(/remove 2 images/iu);
    const clicked = slack.click({ person, message: preview, label: 'Remove' });
    const done = await removing.promise;
    await clicked;
    await it.suspend();
    const told = await it.waitFor(/Fairlead was stopped during this: prune images/u);
    expect(told.ts).toBe(preview.ts);

    it.resume();
    done();
    const shown = await it.waitFor(/^Removed 2 images on web-1/u);

    expect(shown.ts).toBe(preview.ts);
    // Its thread does not end with what the other replica said there.
    const thread = () =>
      slack.messages({ channel, as: person }).flatMap(({ threadTs, text }) => (threadTs === preview.ts ? [text] : []));
    await expect
      .poll(thread, { timeout: 10_000 })
      .toEqual([
        expect.stringContaining('Fairlead was stopped during this: prune images'),
        expect.stringMatching(/Not interrupted after all\. Ended as \*ok\*.*: prune images/u),
      ]);
    expect(removed).toEqual(images.map(({ Id }) => Id));
    // The preview, what the other replica said of the answer to it, and what that answer did.
    await expect.poll(() => outcomes(store), { timeout: 10_000 }).toEqual(['ok', 'failed', 'ok']);
    expect(await store.deliveries.unanswered()).toEqual([]);
    const [{ request = '' } = {}] = await store.audit.search({ command: 'prune', limit: 1 });
    expect(await store.approvals.get(request)).toMatchObject({ state: 'approved', verdict: 'done' });
  });
});
