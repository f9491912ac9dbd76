import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Wanted } from '../../../src/docker/rollout/wanted.ts';
import { asText } from '../../../src/domain/phrase.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';

let scene: Scene;
let root = '';
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE, 'VOLUME /image', 'VOLUME /slash/']);
  root = (JSON.parse(await mustCall(scene.socket, 'GET', '/info')) as { DockerRootDir: string }).DockerRootDir;
});
const volumes: string[] = [];
afterAll(async () => {
  await scene?.close();
  for (const name of volumes) await callEngine(scene.socket, 'DELETE', `/volumes/${name}`);
});

/** One mount: how it is asked for at a path, which an engine may be told in several ways. */
interface Kind {
  readonly name: string;
  ask(path: string, id: string): { readonly volumes?: string; readonly bind?: string; readonly mount?: object };
}

const volume = (path: string, id: string, options = {}) => {
  volumes.push(id);
  return { mount: { Type: 'volume', Source: id, Target: path, ...options } };
};
const KINDS: readonly Kind[] = [
  { name: 'volume of the container', ask: (volumes) => ({ volumes }) },
  { name: 'bind without a source', ask: (bind) => ({ bind }) },
  { name: 'mount without a source', ask: (path) => ({ mount: { Type: 'volume', Target: path } }) },
  {
    name: 'mount without a source or a copy',
    ask: (path) => ({ mount: { Type: 'volume', Target: path, VolumeOptions: { NoCopy: true } } }),
  },
  {
    name: 'named volume, short',
    ask: (path, id) => ({ ...volume(path, id), bind: `${id}:${path}:nocopy`, mount: undefined }),
  },
  { name: 'named volume, long', ask: (path, id) => volume(path, id) },
  { name: 'folder, short', ask: (path, id) => ({ bind: `${root}/${id}:${path}` }) },
  {
    name: 'folder in disguise',
    ask: (path, id) =>
      volume(path, id, {
        VolumeOptions: {
          DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: `${root}/shared` } },
        },
      }),
  },
];
const SPELLINGS = [
  (path: string) => path,
  (path: string) => `${path}/`,
  (path: string) => `/${path}`,
  (path: string) => `${path}/.`,
];

interface Asked {
  readonly kind: Kind;
  readonly spelling: number;
  readonly nested: boolean;
}

/** Writes a proof into every folder that has none, and says what is in each. */
const PROVE = (paths: readonly string[]) =>
  [
    "trap 'exit 0' TERM",
    `for at in ${paths.join(' ')}; do [ -f $at/proof ] || echo of-$HOSTNAME$at >$at/proof; echo "$at=$(cat $at/proof)"; done`,
    'echo ready; sleep 600 & wait',
  ].join('; ');

async function proofs(name: string): Promise<string[]> {
  const { Id, Config } = await scene.inspect(name);
  const log = async () => {
    const chunks: Buffer[] = [];
    const query = { tail: 'all', timestamps: false, follow: false, tty: Config['Tty'] === true } as const;
    for await (const { bytes } of scene.engine.logs(Id, query)) chunks.push(bytes);
    return Buffer.concat(chunks).toString().split(/\r?\n/u);
  };
  await expect.poll(log, { timeout: 20_000 }).toContain('ready');
  return (await log()).filter((line) => line !== '' && line !== 'ready');
}

const env = (more: object = {}) => ({ Tty: true, Env: ['HOSTNAME=first'], ...more });

async function deployOver(name: string, more: Partial<Wanted> = {}) {
  const wanted = await scene.wanted(name, '2', { rollout: { ...QUICK, strategy: 'stop-first' }, ...more });
  const { run, plan } = await prepare(scene, wanted);
  expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });
  return plan;
}

async function everyByteIsThere(asked: readonly Asked[]): Promise<void> {
  const name = uniqueName('shop');
  const lender = uniqueName('lender');
  const paths = asked.map(({ nested }, index) => (nested ? `/p${index - 1}/inner${index}` : `/p${index}`));
  const all = asked.map(({ kind, spelling }, index) =>
    kind.ask(SPELLINGS[spelling]?.(paths[index] as string) as string, `${name}-${index}`),
  );
  const lent = ['/lent', '/named'];
  volumes.push(`${lender}-named`);
  await scene.run(lender, '1', {
    Volumes: { '/lent/': {} },
    HostConfig: { NetworkMode: 'none', Binds: [`${lender}-named:/named/`, `${root}/shared:/shared`] },
  });
  const watched = [...paths, ...lent, '/image', '/slash', '/shared'];
  await scene.run(name, '1', {
    ...env({ Cmd: ['sh', '-c', PROVE(watched)] }),
    Volumes: Object.fromEntries(all.flatMap(({ volumes }) => (volumes === undefined ? [] : [[volumes, {}]]))),
    HostConfig: {
      NetworkMode: 'none',
      Binds: all.flatMap(({ bind }) => bind ?? []),
      Mounts: all.flatMap(({ mount }) => mount ?? []),
      Tmpfs: { '/scratch': 'size=64k' },
      VolumesFrom: [lender],
    },
  });
  const before = await proofs(name);
  expect(before).toHaveLength(watched.length);

  const plan = await deployOver(name, { overrides: { environment: { HOSTNAME: 'second' } } });

  expect(plan.changes.map(({ setting }) => setting)).toEqual(['environment HOSTNAME']);
  expect(plan.warnings.join(' ')).toContain('/scratch');
  expect(plan.warnings.join(' ')).not.toContain('Left behind');
  expect(await proofs(name)).toEqual(before);
  // Once more over what a rollout made, with nobody left to borrow from.
  await mustCall(scene.socket, 'DELETE', `/containers/${lender}?force=true`);
  await deployOver(name, { overrides: { environment: { HOSTNAME: 'third' } } });
  expect(await proofs(name)).toEqual(before);
}

const mount = fc.record({
  kind: fc.constantFrom(...KINDS),
  spelling: fc.nat(SPELLINGS.length - 1),
  nested: fc.boolean(),
});

describeWithEngine('data in every kind of mount', { timeout: 120_000 }, () => {
  it('is kept by a deploy, however the path is written', async () => {
    const each = KINDS.flatMap((kind, index): Asked[] => [
      { kind, spelling: (index + 1) % 4, nested: false },
      { kind, spelling: (index + 2) % 4, nested: index % 2 === 0 },
    ]);
    await everyByteIsThere(each);
  });

  it('is kept by a deploy, whatever is mounted where', async () => {
    const some = fc
      .array(mount, { minLength: 3, maxLength: 12 })
      // What is nested lies in what is mounted before it.
      .map((all) =>
        all.map((one, index) => ({ ...one, nested: one.nested && index > 0 && all[index - 1]?.nested === false })),
      );
    await fc.assert(fc.asyncProperty(some, everyByteIsThere), { numRuns: 3 });
  });

  it('is kept when the config names it, and reported as left behind otherwise', async () => {
    const name = uniqueName('shop');
    volumes.push(`${name}-a`, `${name}-b`);
    const command = ['sh', '-c', PROVE(['/cache', '/named', '/image', '/slash'])];
    await scene.run(name, '1', {
      ...env({ Cmd: command }),
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [
          { Type: 'volume', Source: `${name}-a`, Target: '/named/' },
          { Type: 'volume', Target: '//cache' },
        ],
      },
    });
    const before = await proofs(name);
    const container = { name, networks: [{ name: 'none' }], command, environment: { HOSTNAME: 'second' } };
    const from = (volumes: readonly string[]) =>
      ({ from: { kind: 'service', container: { ...container, volumes } } }) as const;

    const plan = await deployOver(name, from(['/cache/', `${name}-a:/named/.`]));
    expect(plan.changes.filter(({ setting }) => setting.startsWith('mount'))).toEqual([]);
    expect(await proofs(name)).toEqual(before);

    for (const more of [
      from(['/cache/']),
      from(['/cache', `${name}-b:/named/`]),
      { ...from([`${name}-a:/named`]), overrides: { volumes: [`${name}-b:/named/`] } },
    ]) {
      const next = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2', more));
      expect(next.unchanged).toBe(false);
      expect(next.changes).toMatchObject([{ setting: 'mount /named' }]);
      expect(next.warnings.filter((warning) => asText(warning).startsWith('Left behind'))).toMatchObject([
        expect.stringContaining('/named'),
      ]);
    }
    // What is asked for is there already.
    const same = { ...from([`${name}-a:/named`]), overrides: { volumes: ['/cache/', `${name}-a:/named`] } };
    expect(await planHost(scene.engine, 'web-1', await scene.wanted(name, '2', same))).toMatchObject({
      changes: [],
      unchanged: true,
    });
  });

  it('is not hidden by a tmpfs that a requested volume replaces', async () => {
    const name = uniqueName('shop');
    volumes.push(`${name}-v`);
    await scene.run(name, '1', {
      ...env({ Cmd: ['sh', '-c', PROVE(['/data'])] }),
      HostConfig: { NetworkMode: 'none', Tmpfs: { '/data/': '' } },
    });
    await proofs(name);
    await deployOver(name, { overrides: { volumes: [`${name}-v:/data`], environment: { HOSTNAME: 'second' } } });
    const written = await proofs(name);
    await deployOver(name, { overrides: { environment: { HOSTNAME: 'third' } } });
    expect(await proofs(name)).toEqual(written);
  });

  it.each(['the host has already', 'is pulled after the approval'])(
    'is not hidden by a volume of an image that %s',
    async (when) => {
      const name = uniqueName('shop');
      const tag = uniqueName('nested');
      volumes.push(`${name}-v`);
      const digest = await scene.publish(tag, [SERVE, 'VOLUME /data/sub/', 'VOLUME /data/none', 'VOLUME /elsewhere']);
      const command = ['sh', '-c', `mkdir -p /data/sub; ${PROVE(['/data/sub'])}`];
      await scene.run(name, '1', {
        ...env({ Cmd: command }),
        HostConfig: { NetworkMode: 'none', Binds: [`${name}-v:/data`] },
      });
      const before = await proofs(name);
      const isThere = when.startsWith('the host');
      if (!isThere) await scene.forget(tag);
      const image = { repository: scene.repository, tag, digest };
      const { run, plan } = await prepare(scene, await scene.wanted(name, tag, { image }));

      const said = expect.stringMatching(/volume of its own at \/data\/sub, .* \(in volume .*-v at \/data\)/u);
      expect(plan.conflicts).toEqual(isThere ? [said] : []);
      if (!isThere) expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'failed_kept_old', why: said });
      expect((await scene.inspect(name)).State.Running).toBe(true);
      expect(await proofs(name)).toEqual(before);

      volumes.push(`${name}-sub`);
      const more = { overrides: { volumes: [`${name}-sub:/data/sub`] } };
      const next = await planHost(scene.engine, 'web-1', await scene.wanted(name, tag, { image, ...more }));
      expect(next.conflicts).toEqual([]);
    },
  );
});

describeWithEngine('two versions with the volumes of another container', () => {
  it.each([
    ['', 'stop-first'],
    [':rw', 'stop-first'],
    [':ro', 'start-first'],
  ])('do not write to them at the same time: --volumes-from lender%s', async (mode, strategy) => {
    const [name, lender, network] = [uniqueName('db'), uniqueName('lender'), uniqueName('net')];
    await mustCall(scene.socket, 'POST', '/networks/create', { Name: network });
    await scene.run(lender, '1', { Volumes: { '/db': {} } });
    await scene.run(name, '1', {
      HostConfig: { NetworkMode: network, VolumesFrom: [`${lender}${mode}`], Tmpfs: { '/image': '', '/slash': '' } },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['db'] } } },
    });
    const { strategy: chosen, why } = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2'));
    await callEngine(scene.socket, 'DELETE', `/containers/${name}?force=true`);
    await callEngine(scene.socket, 'DELETE', `/networks/${network}`);
    expect(chosen, why).toBe(strategy);
  });
});
