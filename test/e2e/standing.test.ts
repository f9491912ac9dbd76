import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import { importBusybox } from '../../playground/engine/images.ts';
import type { PrivateEngine } from '../../playground/engine/private-engine.ts';
import type { Deployment, HostOutcome } from '../../src/store/deployment.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { startTestEngine } from '../bed/engines.ts';
import { storeOf } from './harness.ts';
import { ask, OPS, running, type Story, said, says, story } from './story.ts';

/** How often the bot is killed; by hand a hundred times. */
const KILLS = Number(process.env['FAIRLEAD_TEST_KILLS'] ?? 6);
/** A good rollout here takes about two seconds, a bad one about four. */
const SPREAD_MS = 3500;
const HOUR_MS = 3_600_000;
const SETTLED_MS = 90_000;
/** How long after Slack's return a card may be behind. */
const CARD_MS = 60_000;

const preload = new URL('./set-clock.ts', import.meta.url);

let engine: PrivateEngine;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startTestEngine({ name: 'standing' });
  await importBusybox(engine.socketPath, 'busybox:1.0');
});
afterAll(() => engine?.stop());

/** What a card shows of a deployment that has not ended. */
const UNDER_WAY = /:rocket:|:rewind:|Rolling|Starting\.|asks to/u;

/** What befalls it in one round, besides the bot's death. Every kind meets every other in the course of the rounds. */
function misfortunes(round: number) {
  return {
    isSlackAway: round % 2 === 0,
    isEngineKilled: round % 10 < 3,
    clockMs: [0, HOUR_MS, -HOUR_MS, 0, -HOUR_MS, HOUR_MS, 0][round % 7] ?? 0,
    afterMs: Math.random() * SPREAD_MS,
  };
}

describeWithEngine('a bot that is killed while Slack is away, the engine dies and the clock jumps', () => {
  it(
    `${KILLS} times: each service serves one version, and each card tells the truth`,
    async () => {
      const sockets = [engine.socketPath, bed().sockets[1] as string];
      // Others an engine that was killed does not always start again by itself.
      const container = ', restart: always';
      await using it = await story({ rules: 'approvals: []', sockets, preload, container });
      const store = await storeOf(it.env);
      const verdicts: Record<string, number> = {};
      try {
        for (let round = 0; round < KILLS; round += 1) {
          const bad = round % 5 === 4;
          const before = await running(it.service, sockets);
          const wanted = bad ? '1.2.0' : before.includes('1.0.0') ? '1.1.0' : '1.0.0';
          const plan = misfortunes(round);
          const tale = JSON.stringify({ round, before, wanted, ...plan });
          const card = await begun(it, wanted);

          await later(plan.afterMs);
          const back = plan.isSlackAway ? it.slack.faults.during({ method: '*', status: 500 }) : () => {};
          if (plan.isSlackAway) it.slack.disconnect();
          setClock(it, plan.clockMs);
          await it.kill();
          if (plan.isEngineKilled) await killEngine();
          await it.restart('SIGKILL', undefined, 'The worker has started');

          await expect
            .poll(async () => (await store.deployments.running()).length, { timeout: SETTLED_MS, message: tale })
            .toBe(0);
          const [deployment] = await store.deployments.recent({ service: it.service, limit: 1 });
          const versions = await running(it.service, sockets);
          await expectOneEach(it.service, sockets, `${tale} ${deployment?.verdict}`);
          const outcomes = await store.deployments.hosts(deployment?.id ?? '');
          expectTrue(deployment, { outcomes, wanted, before, versions }, tale);
          back();
          const isShown = says('is deployed on 2 hosts');
          await it.slack
            .waitFor(
              (message) =>
                message.ts === card &&
                (deployment?.verdict === 'deployed'
                  ? isShown(message)
                  : !isShown(message) && !UNDER_WAY.test(said(message))),
              { ...OPS, timeoutMs: CARD_MS },
            )
            .catch((error: unknown) => {
              throw new Error(`${tale} ${deployment?.verdict}`, { cause: error });
            });
          verdicts[`${deployment?.verdict}`] = (verdicts[`${deployment?.verdict}`] ?? 0) + 1;
          await it.slack.connected();
        }
      } finally {
        await store.close();
      }
      process.stdout.write(`${KILLS} kills: ${JSON.stringify(verdicts)}\n`);
    },
    KILLS * 120_000,
  );
});

/** A bot that starts afterwards begins with it, too. */
function setClock(it: Story, ms: number): void {
  writeFileSync(join(it.folder, 'clock'), JSON.stringify({ '*': ms }));
}

/** The card's `ts`, once the deployment is under way. */
async function begun(it: Story, version: string): Promise<string> {
  const before = new Set(it.slack.messages(OPS).map(({ ts }) => ts));
  await ask(it.slack, `/deploy ${it.service} ${version}`);
  const card = await it.slack.waitFor(
    (message) => !before.has(message.ts) && says('asks to deploy', version)(message),
    OPS,
  );
  const began = it.slack.waitFor((message) => message.ts === card.ts && !said(message).includes('asks to'), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  await began;
  return card.ts;
}

/** An engine that was killed may hang at its next start, and be well at the one after that. */
async function killEngine(): Promise<void> {
  const kill = async () => {
    const pid = Number(readFileSync(join(engine.dir, 'pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}/root`), { timeout: 30_000 }).toBe(false);
  };
  await kill();
  await engine.again().catch(async () => {
    await kill();
    await engine.again();
  });
}

/** One running container of the service on each host, nothing half-made. None only where nothing ever ran. */
async function expectOneEach(service: string, sockets: readonly string[], tale: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ name: [service] }));
  for (const socket of sockets) {
    const listed = JSON.parse(await mustCall(socket, 'GET', `/containers/json?all=true&filters=${filters}`)) as {
      Names: string[];
      State: string;
    }[];
    const all = listed.map(({ Names, State }) => `${Names[0]} ${State}`);
    const context = `${tale} ${all.join(', ')}`;
    expect(all.filter((one) => one.endsWith(' running')).length, context).toBeLessThanOrEqual(1);
    expect(
      all.filter((one) => one.includes('.candidate')),
      context,
    ).toEqual([]);
    if (all.length > 1)
      expect(
        all.filter((one) => one.endsWith(' running')),
        context,
      ).toHaveLength(1);
  }
}

/** What is stored of how it ended, of each host too, is what runs. */
function expectTrue(
  deployment: Deployment | undefined,
  { outcomes, wanted, before, versions }: Told,
  tale: string,
): void {
  const told = outcomes.map(({ host, verdict, detail }) => `${host} ${verdict} ${JSON.stringify(detail)}`);
  const context = `${tale} ${deployment?.verdict} ${told.join(', ')} ${JSON.stringify(versions)}`;
  expect(deployment?.state, context).toBe('ended');
  expect(deployment?.verdict, context).not.toBe('needs_attention');
  const expected = ['web-1', 'web-2'].map((host, index) =>
    outcomes.find((outcome) => outcome.host === host)?.verdict === 'deployed' ? wanted : before[index],
  );
  expect(versions, context).toEqual(expected);
}

interface Told {
  readonly outcomes: readonly HostOutcome[];
  readonly wanted: string;
  readonly before: readonly (string | undefined)[];
  readonly versions: readonly (string | undefined)[];
}
