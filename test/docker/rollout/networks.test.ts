import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';

let scene: Scene;
let minor = 0;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  await scene.publish('crashes', ['CMD ["sh","-c","exit 3"]']);
  minor = Number((await scene.engine.version()).apiVersion.split('.')[1]);
});
const networks: string[] = [];
afterAll(async () => {
  await scene?.close();
  for (const name of networks) await callEngine(scene.socket, 'DELETE', `/networks/${name}`);
});

/** Other test files make networks on this engine as well, so a range may be taken. */
async function network(): Promise<{ readonly name: string; readonly address: string }> {
  const name = uniqueName('net');
  for (;;) {
    const beginning = `10.198.${1 + Math.floor(Math.random() * 250)}`;
    const { status, text } = await callEngine(scene.socket, 'POST', '/networks/create', {
      Name: name,
      Internal: true,
      IPAM: { Config: [{ Subnet: `${beginning}.0/24` }] },
    });
    if (status === 201) {
      networks.push(name);
      return { name, address: `${beginning}.77` };
    }
    if (!text.includes('overlaps')) throw new Error(`The network was not created: ${status} ${text}`);
  }
}

const FIRST = '02:42:de:ad:be:ef';
/** Looks like one that an engine chose at random. */
const SECOND = '92:d0:c6:0a:29:33';

/** A container with fixed addresses: of each network where the engine knows such, else its own. */
async function fixed(name: string, aliases: readonly string[] = []): Promise<readonly [string, string]> {
  const [one, two] = [await network(), await network()];
  const perNetwork = minor >= 44;
  await scene.run(name, '1', {
    ...(!perNetwork && { MacAddress: FIRST }),
    HostConfig: { NetworkMode: one.name },
    NetworkingConfig: {
      EndpointsConfig: {
        [one.name]: {
          IPAMConfig: { IPv4Address: one.address },
          Aliases: aliases,
          ...(perNetwork && { MacAddress: FIRST }),
        },
        ...(perNetwork && { [two.name]: { MacAddress: SECOND } }),
      },
    },
  });
  if (!perNetwork) await mustCall(scene.socket, 'POST', `/networks/${two.name}/connect`, { Container: name });
  return [one.name, two.name];
}

async function macs(name: string): Promise<Record<string, string>> {
  const { NetworkSettings } = (await scene.inspect(name)) as unknown as {
    NetworkSettings: { Networks: Record<string, { MacAddress: string }> };
  };
  return Object.fromEntries(Object.entries(NetworkSettings.Networks).map(([at, { MacAddress }]) => [at, MacAddress]));
}

const on = async (name: string) => Object.keys((await scene.inspect(name)).NetworkSettings.Networks);
const deploy = async (name: string, tag: string) => {
  const { run, plan } = await prepare(scene, await scene.wanted(name, tag));
  return { plan, verdict: await runHost(scene.engine, run) };
};

describeWithEngine('fixed addresses of a container', { timeout: 90_000 }, () => {
  it('are kept by the new version, by the next one, and by a rollback', async () => {
    const name = uniqueName('shop');
    const [one, two] = await fixed(name, ['web']);
    const expected = minor >= 44 ? { [one]: FIRST, [two]: SECOND } : { [one]: FIRST };
    expect(await macs(name)).toMatchObject(expected);

    for (const [tag, end] of [
      ['2', 'deployed'],
      ['1', 'deployed'],
      ['crashes', 'rolled_back'],
    ] as const) {
      const { plan, verdict } = await deploy(name, tag);
      expect(plan).toMatchObject({ strategy: 'stop-first', changes: [] });
      expect(verdict).toMatchObject({ verdict: end });
      expect(await macs(name)).toMatchObject(expected);
    }
  });

  it('prevent start-first, and are listed when they are dropped', async () => {
    const name = uniqueName('shop');
    const one = await network();
    await scene.run(name, '1', {
      ...(minor < 44 && { MacAddress: FIRST }),
      HostConfig: { NetworkMode: one.name },
      NetworkingConfig: {
        EndpointsConfig: { [one.name]: { Aliases: ['web'], ...(minor >= 44 && { MacAddress: FIRST }) } },
      },
    });
    const rollout = { ...QUICK, strategy: 'start-first' } as const;

    const asked = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2', { rollout }));
    expect(asked.conflicts.join(' ')).toContain(FIRST);
    const container = { name, networks: [{ name: one.name, aliases: ['web'] }] };
    const from = { kind: 'service', container } as const;
    const given = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2', { from }));
    expect(JSON.stringify(given.changes)).toContain(FIRST);
    expect(given.unchanged).toBe(false);
  });
});

describeWithEngine('a network that a container was disconnected from', { timeout: 90_000 }, () => {
  it('is not connected again, with and without other networks', async () => {
    for (const mode of ['own', 'bridge']) {
      const name = uniqueName('shop');
      const [first, other] = [mode === 'own' ? (await network()).name : 'bridge', (await network()).name];
      await scene.run(name, '1', { HostConfig: { NetworkMode: mode === 'own' ? first : 'default' } });
      await mustCall(scene.socket, 'POST', `/networks/${first}/disconnect`, { Container: name });

      const { plan, verdict } = await deploy(name, '2');
      expect(verdict).toMatchObject({ verdict: 'deployed' });
      expect(plan.warnings.join(' ')).toContain(`network ${first}`);
      expect(await on(name)).toEqual([]);

      await mustCall(scene.socket, 'POST', `/networks/${other}/connect`, { Container: name });
      expect((await deploy(name, '1')).verdict).toMatchObject({ verdict: 'deployed' });
      expect(await on(name)).toEqual([other]);
    }
  });

  it('is connected again by a service of the config, as a listed change', async () => {
    const name = uniqueName('shop');
    const { name: net } = await network();
    await scene.run(name, '1', { HostConfig: { NetworkMode: net } });
    await mustCall(scene.socket, 'POST', `/networks/${net}/disconnect`, { Container: name });
    const from = { kind: 'service', container: { name, networks: [{ name: net }] } } as const;

    const plan = await planHost(scene.engine, 'web-1', await scene.wanted(name, '1', { from }));
    expect(plan.unchanged).toBe(false);
    expect(plan.changes).toMatchObject([{ setting: 'networks', to: net }]);
  });
});
