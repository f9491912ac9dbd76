import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openScene, type Scene, SERVE, WELL } from '../docker/rollout/scene.ts';
import { createFakeScanner, type FakeScanner } from '../scanner/fake.ts';
import {
  type Entry,
  EXPAT,
  LODASH,
  languagePackages,
  OPENSSL,
  osPackages,
  trivyReport,
  ZLIB,
} from '../scanner/reports.ts';
import { type Desk, openDesk, PERSON, resultOf } from './desk.ts';

let scene: Scene;
beforeAll(async () => {
  if (inject('bed')) scene = await openScene();
});
afterAll(() => scene?.close());

const reportOf = (entries: readonly Entry[], languages: readonly Entry[] = []) =>
  trivyReport([osPackages(entries), languagePackages('node-pkg', languages)]);

interface Shop {
  readonly name: string;
  readonly running: string;
  readonly next: string;
  /** Without its options. */
  readonly line: string;
}

/** A container that runs one version, and a second version to deploy. */
async function shopOn(it: Desk, fake: FakeScanner): Promise<Shop> {
  const name = uniqueName('shop');
  const running = await scene.publish('1', [SERVE, WELL]);
  await scene.run(name, '1', {});
  const next = await scene.publish('2', [SERVE, WELL]);
  fake.report(running, reportOf([EXPAT, ZLIB]));
  fake.report(next, reportOf([OPENSSL, { ...EXPAT, version: '2.7.2-1' }], [LODASH]));
  expect(it.store).toBeDefined();
  return { name, running, next, line: `/deploy ${name} ${scene.repository}:2@${next}` };
}

const deskWith = (fake: FakeScanner, gate: object | undefined, more = {}) => {
  const { host, username, password } = bed().registry;
  return openDesk({ 'web-1': bed().sockets[0] as string }, ['deploy', 'rollback', 'scan'], {
    scanner: { kind: 'trivy', command: fake.command, timeout: '20s', planning: '15s' },
    registries: { [host]: { username, password } },
    groups: { security: { people: ['U0SEC1'] }, all: { people: [PERSON] } },
    ...(gate ? { gates: { vulnerabilities: gate } } : {}),
    ...more,
  });
};
const planned = async (it: Desk, line: string): Promise<DeployPlan> =>
  resultOf<PlannedResult>(await it.say(`${line} --plan`)).plan;
const REFUSE = { action: 'refuse', unscanned: 'allow' };

describeWithEngine('the vulnerabilities of a deploy', () => {
  it('are compared with what runs, by id and package', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake, undefined);
    const { line } = await shopOn(it, fake);

    const { vulnerabilities } = await planned(it, line);

    expect(vulnerabilities).toMatchObject({
      introduced: [{ id: OPENSSL.id }, { id: LODASH.id }],
      fixed: [{ id: ZLIB.id }],
      fixedCount: 1,
      keptCount: 1,
      uncompared: [],
    });
  });

  it('refuse it, but not with break-glass, and never a way back', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake, REFUSE, { breakGlass: { from: ['all'] } });
    const { line, next, name, running } = await shopOn(it, fake);

    expect(await it.say(line)).toMatchObject({ reason: 'vulnerable' });
    // The new version is deployed in an emergency, and what served before is the worse one now.
    await it.say(`${line} --break-glass --reason "customers cannot pay"`);
    it.runner.start();
    await expect
      .poll(async () => (await it.store.versions.of({ service: name, limit: 9 })).length, { timeout: 60_000 })
      .toBe(2);
    fake.report(running, reportOf([OPENSSL, ZLIB]));
    fake.report(next, reportOf([]));
    expect(await it.say(`/rollback ${name} 1`)).toMatchObject({ kind: 'result' });
  });

  it('hold it up where there is no report, as the config says', async () => {
    const fake = createFakeScanner('trivy', {
      fault: { text: 'FATAL\tDB error: failed to download vulnerability DB' },
    });
    await using it = await deskWith(fake, { action: 'refuse', unscanned: 'refuse' });
    const { line } = await shopOn(it, fake);
    expect(await it.say(line)).toMatchObject({ reason: 'vulnerable' });
    expect((await planned(it, line)).vulnerabilities).toMatchObject({ unscanned: expect.stringContaining('database') });

    await using allowing = await deskWith(fake, REFUSE);
    expect(await allowing.say(line)).toMatchObject({ kind: 'result' });
  });

  it('need somebody else to approve, and a waiver makes that unnecessary', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake, { from: ['security'] });
    const { line } = await shopOn(it, fake);
    const card = resultOf<{ card: string }>(await it.say(line)).card;
    expect(await it.say(`/dock approve ${card}`)).toMatchObject({ reason: 'not_permitted' });
    resultOf(await it.say(`/dock approve ${card}`, 'U0SEC1'));
    expect(await it.store.approvals.get(card)).toMatchObject({ state: 'approved' });

    const waiver = { reason: 'r', approver: 'U0SEC1', until: '2999-12-31' };
    const waivers = [{ ...waiver, id: OPENSSL.id, package: OPENSSL.name }];
    await using waiving = await deskWith(fake, { from: ['security'] }, { waivers });
    const own = resultOf<{ card: string }>(await waiving.say(line)).card;
    resultOf(await waiving.say(`/dock approve ${own}`));
    expect(await waiving.store.approvals.get(own)).toMatchObject({ state: 'approved' });
  });

  it('are judged anew before it begins, whatever its plan says', async () => {
    const fake = createFakeScanner('trivy', { fault: { text: 'FATAL\tcache may be in use by another process' } });
    await using it = await deskWith(fake, REFUSE);
    const { line } = await shopOn(it, fake);
    const question = await it.ask(line);
    fake.set({ fault: undefined });
    it.runner.start();

    await it.ended(question);

    expect(await it.store.deployments.byApproval(question)).toMatchObject({
      verdict: 'refused',
      detail: { reason: 'vulnerable' },
    });
  });

  it('never delay a plan beyond its time', async () => {
    const fake = createFakeScanner('trivy', { fault: { hangs: true } });
    const scanner = { kind: 'trivy', command: fake.command, timeout: '20s', planning: '1s' };
    const childFile = join(fake.folder, 'child.pid');
    {
      await using it = await deskWith(fake, undefined, { scanner });
      const { line } = await shopOn(it, fake);
      const began = performance.now();

      const { vulnerabilities } = await planned(it, line);

      expect(performance.now() - began).toBeLessThan(6000);
      expect(vulnerabilities?.unscanned).toBeDefined();
      // On a busy machine the scanner takes longer to start than a plan waits.
      await expect
        .poll(() => existsSync(childFile) && readFileSync(childFile, 'utf8'), { timeout: 15_000 })
        .toBeTruthy();
    }
    // Nothing that the scanner started outlives the bot.
    const child = readFileSync(childFile, 'utf8').trim();
    const state = existsSync(`/proc/${child}/status`) ? readFileSync(`/proc/${child}/status`, 'utf8') : '';
    expect(child).toMatch(/^\d+$/u);
    expect(state).not.toMatch(/^State:\s+[^ZX]/mu);
  });
});
