import { expect, it } from 'vitest';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { openDesk, PERSON, resultOf } from './desk.ts';

const [runs, kept, removed] = ['aa', 'bb', 'cc'].map((end) => `sha256:${end.repeat(32)}`) as [string, string, string];

/** As containerd's store lists an image whose last name was removed while a container has it. */
const nameless = (Id: string) => ({ Id, RepoTags: [], RepoDigests: [], Created: 1, Size: 1 });

it('a version whose image lost its names is still on a host with containerd’s store, where its id is its digest', async () => {
  await using engine = await fakeEngine({
    'GET /containers/json': json([{ Id: ID, Names: ['/shop'], ImageID: runs, State: 'running', Created: 1 }]),
    'GET /images/json': json([nameless(runs), nameless(kept)]),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['rollback'], {
    images: { allow: ['registry.test/*'] },
    services: { shop: { image: 'registry.test/shop', hosts: 'all', container: { memory: '32m' } } },
  });
  const of = { service: 'shop', host: 'one', repository: 'registry.test/shop', by: PERSON, deployment: 'D1' } as const;
  for (const digest of [runs, kept, removed])
    await desk.store.versions.record({ ...of, digest, tag: digest.slice(7, 9), at: 1, verdict: 'deployed' });

  const { versions } = resultOf<VersionsResult>(await desk.say('/rollback shop'));

  expect(versions.find(({ tag }) => tag === 'aa')).toMatchObject({ running: ['one'], gone: [] });
  expect(versions.find(({ tag }) => tag === 'bb')).toMatchObject({ running: [], gone: [] });
  expect(versions.find(({ tag }) => tag === 'cc')).toMatchObject({ running: [], gone: ['one'] });
});

it('a version whose image the config no longer permits is marked: a rollback to it would be refused', async () => {
  await using desk = await openDesk({ one: '/nowhere' }, ['rollback'], {
    images: { allow: ['registry.test/new/*'] },
    services: { shop: { image: 'registry.test/new/shop', hosts: 'all', container: { memory: '32m' } } },
  });
  const of = { service: 'shop', host: 'one', by: PERSON, deployment: 'D1', at: 1, verdict: 'deployed' } as const;
  for (const [tag, repository] of [
    ['1', 'registry.test/old/shop'],
    ['2', 'registry.test/new/shop'],
  ] as const)
    await desk.store.versions.record({ ...of, repository, digest: `sha256:${tag.repeat(64)}`, tag });

  const { versions } = resultOf<VersionsResult>(await desk.say('/rollback shop'));

  expect(versions.find(({ tag }) => tag === '1')).toMatchObject({ isAllowed: false });
  expect(versions.find(({ tag }) => tag === '2')).toMatchObject({ isAllowed: true });
});
