import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { asText } from '../../../src/domain/phrase.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { during, expectServing, openShop, type Way } from './host-faults.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';
import { wire } from './wire.ts';

/** What happens to a new version after its gate, or before it could run, and what that is blamed on. */

const FRAGILE = `CMD ["sh","-c","trap 'exit 0' TERM; trap 'exit 7' USR1; echo serving; while :; do sleep 0.1; done"]`;

async function fragileShop(way: Way) {
  const shop = await openShop(way);
  await shop.scene.publish('2', [FRAGILE]);
  return shop;
}

/** Ends the first process of a container as a fault of its own would, and waits until it runs again. */
async function crash(scene: Scene, name: string): Promise<void> {
  const { State } = await scene.inspect(name);
  process.kill(State.Pid, 'SIGUSR1');
  await expect
    .poll(
      async () => {
        const { Running, StartedAt } = (await scene.inspect(name)).State;
        return Running && StartedAt !== State.StartedAt;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
}

const AFTER: readonly (readonly [Way, Phase])[] = [
  ['start-first', 'drain'],
  ['start-first', 'stop-old'],
  ['start-first', 'rename-old'],
  ['start-first', 'retain'],
  ['stop-first', 'retain'],
];

describeWithEngine('a version that passed its gate', { timeout: 60_000 }, () => {
  it.each(AFTER)('%s: is rolled back after one crash before %s, even if it runs again', async (way, at) => {
    const shop = await fragileShop(way);

    const verdict = await during(shop, at, (fresh) => crash(shop.scene, fresh));

    expect(verdict).toMatchObject({ verdict: 'rolled_back', blame: 'crashed', containerId: shop.old });
    expect(verdict.why).toMatch(/\bexit code 7\b/u);
    expect(verdict.evidence).toMatchObject({ restartCount: 1 });
    await expectServing(shop, shop.old);
  });

  it('is rolled back when someone restarts it, and is not reported as crashed', async () => {
    const shop = await fragileShop('start-first');

    const verdict = await during(shop, 'drain', (fresh) =>
      mustCall(shop.scene.socket, 'POST', `/containers/${fresh}/restart?t=5`),
    );

    expect(verdict).toMatchObject({ verdict: 'rolled_back', blame: 'person' });
    expect(verdict.why).not.toMatch(/crash/u);
    await expectServing(shop, shop.old);
  });
});

describeWithEngine('a version that cannot be started', { timeout: 60_000 }, () => {
  it('is reported as not started, without exit code 0', async () => {
    const shop = await openShop('stop-first');
    await shop.scene.publish('2', ['CMD ["/no/such/program"]']);

    const verdict = await during(shop, 'gate', () => undefined);

    expect(verdict).toMatchObject({ verdict: 'rolled_back', phase: 'start', blame: 'not_started' });
    expect(verdict.evidence?.exitCode).not.toBe(0);
    await expectServing(shop, shop.old);
  });
});

describeWithEngine('an engine that is unavailable for longer than healthyWithin', { timeout: 60_000 }, () => {
  it('is waited for during the gate, and that time does not count against the version', async () => {
    const { scene, name } = await openShop('stop-first');
    // Not healthy yet at the first look after the outage, which is when the time is counted.
    await scene.publish('2', [SERVE, 'HEALTHCHECK --interval=8s --timeout=5s CMD true']);
    const line = await wire(scene.socket);
    const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => own.close());
    const rollout = { ...QUICK, healthyWithin: 4000 };
    const { run } = await prepare(scene, await scene.wanted(name, '2', { rollout }), {
      journal: async (phase) => {
        if (phase !== 'gate') return;
        line.cut();
        void sleep(5000).then(line.mend);
      },
    });

    expect(await runHost(own, run)).toMatchObject({ verdict: 'deployed', strength: 'health check' });
  });

  it.each<Way>(['stop-first', 'start-first'])(
    '%s: is blamed when it does not come back; the commands of the verdict restore',
    async (way) => {
      const shop = await openShop(way);
      const { scene, name } = shop;
      const line = await wire(scene.socket);
      const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
      onTestFinished(() => own.close());
      const { run } = await prepare(scene, await scene.wanted(name, '2'), {
        patienceMs: 500,
        journal: async (phase) => {
          if (phase === 'gate') line.cut();
        },
      });

      const verdict = await runHost(own, run);

      expect(verdict).toMatchObject({ verdict: 'needs_attention', blame: 'engine', runs: undefined });
      expect(verdict.why).not.toMatch(/healthy/u);
      // As somebody pastes them on the host, each tried whether or not the one before it succeeded.
      const commands = /`(?<commands>.+)`$/u.exec(asText(verdict.tryThis))?.groups?.['commands'] ?? '';
      const env = { ...process.env, DOCKER_HOST: `unix://${scene.socket}` };
      await promisify(execFile)('sh', ['-c', commands], { env }).catch(() => {});
      await expectServing(shop, shop.old);
    },
  );
});

/** Holds a port of the host, as a proxy that an engine's crash left behind does. */
function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '0.0.0.0', () => resolve(server));
  });
}

/** A port that nobody listens on, below those that outgoing connections take: one of them could hold it for longer. */
async function unusedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const held = await hold(port).catch(() => undefined);
    if (!held) continue;
    await new Promise((resolve) => held.close(resolve));
    return port;
  }
}

describeWithEngine('a port that is in use when a version starts', { timeout: 120_000 }, () => {
  async function published() {
    const scene = await openScene();
    onTestFinished(() => scene.close());
    for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
    const port = await unusedPort();
    const name = uniqueName('shop');
    await scene.run(name, '1', {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        NetworkMode: 'bridge',
        PortBindings: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: String(port) }] },
      },
    });
    return { scene, name, port };
  }

  it('and free a moment later: the start is retried', async () => {
    const { scene, name, port } = await published();
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase !== 'start') return;
        const held = await hold(port);
        void sleep(1500).then(() => held.close());
      },
    });

    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });
  });

  it('for long: the old version is restored once the port is free, with advice', async () => {
    const { scene, name, port } = await published();
    let held: Server | undefined;
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase === 'start') held = await hold(port);
        if (phase === 'roll-back') void sleep(2500).then(() => held?.close());
      },
    });

    const verdict = await runHost(scene.engine, run);

    expect(verdict, verdict.why).toMatchObject({ verdict: 'rolled_back', phase: 'start', blame: 'port' });
    expect(verdict.tryThis).toContain(`:${port}`);
    expect(verdict.tryThis).toContain('systemctl restart docker');
    expect((await scene.inspect(name)).State.Running).toBe(true);
  });
});
