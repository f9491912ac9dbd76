import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { ScanResult } from '../../src/handlers/images/scan.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openScene, type Scene, SERVE } from '../docker/rollout/scene.ts';
import { createFakeScanner, type FakeScanner } from '../scanner/fake.ts';
import * as reports from '../scanner/reports.ts';
import { openDesk, resultOf } from './desk.ts';

let scene: Scene;
beforeAll(async () => {
  if (inject('bed')) scene = await openScene();
});
afterAll(() => scene?.close());

const deskWith = (fake: FakeScanner, more = {}) => {
  const scanner = { kind: 'trivy', command: fake.command, timeout: '20s' };
  const { host, username, password } = bed().registry;
  const registries = { [host]: { username, password } };
  return openDesk({ 'web-1': bed().sockets[0] as string }, ['scan'], { scanner, registries, ...more });
};

describeWithEngine('/scan', () => {
  it('scans what a container runs, by the digest that the host has, once', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake);
    const name = uniqueName('shop');
    const digest = await scene.publish('1', [SERVE]);
    await scene.run(name, '1', {});
    fake.report(digest, reports.shopReport);

    const result = resultOf<ScanResult>(await it.say(`/scan ${name}`));

    expect(result).toMatchObject({
      of: { host: 'web-1', container: name },
      target: { digest, platform: expect.stringMatching(/^linux\//u) },
      counts: { CRITICAL: 1, HIGH: 2, MEDIUM: 1, LOW: 1 },
      left: { otherSeverity: 2, suppressed: 1 },
    });
    expect(result.groups.map(({ packageName, fixes }) => [packageName, fixes])).toEqual([
      ['libssl3t64', ['3.5.1-1+deb13u2']],
      ['libexpat1', []],
      ['lodash', ['4.17.21']],
    ]);

    const again = resultOf<ScanResult>(await it.say(`/scan ${name} --severity critical --ignore-unfixed @web-1`));
    expect(again.groups.map(({ packageName }) => packageName)).toEqual(['libssl3t64']);
    expect(fake.calls().filter(({ args }) => args[0] === 'image')).toHaveLength(1);
    const ref = fake
      .calls()
      .find(({ args }) => args[0] === 'image')
      ?.args.at(-1);
    expect(ref).toBe(`${scene.repository}@${digest}`);
  });

  it('scans an image of a registry, and of a host where one is named', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake);
    const digest = await scene.publish('2', [SERVE]);
    fake.report(digest, reports.cleanReport);

    for (const line of [`/scan ${scene.repository}:2`, `/scan ${scene.repository}@${digest} @web-1`])
      expect(resultOf<ScanResult>(await it.say(line))).toMatchObject({ target: { digest }, groups: [], unjudged: [] });
    expect(await it.say(`/scan ${scene.repository}:nope`)).toMatchObject({ reason: 'not_found' });
    expect(await it.say('/scan 127.0.0.1:1/a/b:1')).toMatchObject({ reason: 'unreachable' });
  });

  it('sends the whole report as a file, without what the image keeps secret', async () => {
    const fake = createFakeScanner('trivy');
    await using it = await deskWith(fake);
    const digest = await scene.publish('3', [SERVE]);
    fake.report(digest, reports.shopReport);
    const fileOf = async (format: string) =>
      resultOf<ScanResult>(
        await it.say(`/scan ${scene.repository}@${digest} --severity critical,high,medium,low --format ${format}`),
      ).file;

    const json = await fileOf('json');
    expect(JSON.parse(json?.content ?? '')).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ id: 'CVE-2026-2002' })]),
    });
    expect(json?.content).not.toContain(reports.IMAGE_SECRET);
    expect((await fileOf('table'))?.content.split('\n').filter((line) => line.includes('CVE-'))).toHaveLength(5);
    expect(JSON.parse((await fileOf('sarif'))?.content ?? '')).toMatchObject({ format: 'sarif' });
    expect(JSON.parse((await fileOf('cyclonedx'))?.content ?? '')).toMatchObject({ format: 'cyclonedx' });
  });

  it('a waiver sets its finding aside and stays visible, an expired one does not count', async () => {
    const fake = createFakeScanner('trivy');
    const waiver = { package: 'libssl3t64', reason: 'r', approver: 'U0SEC1', until: '2999-01-01' };
    const waivers = [
      { ...waiver, id: 'CVE-2026-1001' },
      { ...waiver, id: 'CVE-2026-1002', package: 'libexpat1', until: '2020-01-01' },
      { ...waiver, id: 'CVE-2026-2001', package: 'another' },
    ];
    await using it = await deskWith(fake, { waivers });
    const digest = await scene.publish('4', [SERVE]);
    fake.report(digest, reports.shopReport);

    expect(resultOf<ScanResult>(await it.say(`/scan ${scene.repository}@${digest}`))).toMatchObject({
      counts: { CRITICAL: 0, HIGH: 2 },
      waivedCount: 1,
      waived: [{ finding: { id: 'CVE-2026-1001' } }],
      expired: [{ finding: { id: 'CVE-2026-1002' } }],
    });
  });

  it('says in one line why nothing was scanned', async () => {
    const fake = createFakeScanner('trivy', { fault: { text: 'FATAL\tcache may be in use by another process' } });
    await using it = await deskWith(fake);
    const digest = await scene.publish('5', [SERVE]);
    const line = `/scan ${scene.repository}@${digest}`;

    expect(await it.say(line)).toMatchObject({ reason: 'busy' });
    fake.set({ fault: undefined });
    expect(await it.say(line)).toMatchObject({ reason: 'not_found' });
    await using none = await openDesk({ 'web-1': bed().sockets[0] as string }, ['scan']);
    expect(await none.say(line)).toMatchObject({ reason: 'not_configured' });
    await using closed = await deskWith(fake, { images: { allow: ['docker.io/**'] } });
    expect(await closed.say(line)).toMatchObject({ reason: 'image_not_allowed' });
  });
});
