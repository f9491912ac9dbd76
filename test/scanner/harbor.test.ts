import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { ScanError } from '../../src/scanner/errors.ts';
import { createHarbor } from '../../src/scanner/harbor/harbor.ts';
import { HARBOR_ACCOUNTS, type HarborFaults, startHarbor } from '../registry/servers/harbor.ts';
import type { HarborFacts } from '../registry/servers/harbor-catalogue.ts';
import { digestOf } from './fake.ts';

const DIGEST = digestOf('e5');
const PATH = 'devops/team/shop';
const never = new AbortController().signal;

const entry = (id: string, more: object = {}) => ({
  id,
  package: 'openssl',
  version: '3.5.1-r0',
  fix_version: '3.5.2-r0',
  severity: 'Critical',
  status: 'fixed',
  description: 'A flaw.',
  links: [`https://example.com/${id}`],
  artifact_digests: [DIGEST],
  preferred_cvss: { score_v3: 9.8 },
  cwe_ids: ['CWE-787'],
  vendor_attributes: {},
  ...more,
});
const report = (vulnerabilities: readonly unknown[]) => ({
  generated_at: '2026-11-27T10:00:00.000Z',
  scanner: { name: 'Trivy', vendor: 'Aqua Security', version: 'v0.74.0' },
  severity: 'Critical',
  vulnerabilities,
});

async function harborWith(facts: HarborFacts, faults: HarborFaults = {}, password = HARBOR_ACCOUNTS['robot$read']) {
  const manifests = new Map([
    [DIGEST, { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: Buffer.from('{}') }],
  ]);
  const content = new Map([[PATH, { tags: new Map([['1.0', DIGEST]]), manifests, blobs: new Map() }]]);
  const server = await startHarbor({ content, faults, catalogue: { facts: { [PATH]: facts } } });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: { 'web-1': { url: 'unix:///x' } },
      registries: { [server.host]: { kind: 'harbor', username: 'robot$read', password } },
    }),
    'test.yml',
    {},
  );
  const harbor = createHarbor({ timeout: 10_000 }, createRegistries(config));
  const target = { repository: `${server.host}/${PATH}`, digest: DIGEST };
  return { scan: () => harbor.scan(target, never), harbor, target };
}

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ScanError ? error.fault : error),
  );
const DONE = { status: 'Success' };

it('its report is read, with when and by what it was made', async () => {
  const vulnerabilities = [entry('CVE-2026-1'), entry('CVE-2026-2', { fix_version: '', severity: 'Negligible' })];
  const { scan } = await harborWith({ scan: DONE, report: report(vulnerabilities) });

  expect(await scan()).toMatchObject({
    version: 'Trivy v0.74.0',
    scannedAt: Date.parse('2026-11-27T10:00:00.000Z'),
    unjudged: [],
    findings: [
      { id: 'CVE-2026-1', packageName: 'openssl', fixedIn: '3.5.2-r0', severity: 'CRITICAL', status: 'fixed' },
      { id: 'CVE-2026-2', fixedIn: undefined, severity: 'LOW' },
    ],
  });
});

it('no findings are no good news where it does not say what it looked at', async () => {
  const { scan } = await harborWith({ scan: DONE, report: report([]) });

  expect(await scan()).toMatchObject({ findings: [], unjudged: ['not_said'] });
});

it.each<[string, HarborFacts, string]>([
  ['an image that was not scanned', {}, 'not_scanned'],
  ['a scan that runs', { scan: { status: 'Running' } }, 'scan_running'],
  ['a scan that waits', { scan: { status: 'Pending' } }, 'scan_running'],
  ['a scan that failed', { scan: { status: 'Error' } }, 'failed'],
  ['a report that is gone', { scan: DONE }, 'not_scanned'],
  ['an entry without an id', { scan: DONE, report: report([{ package: 'x' }]) }, 'invalid_answer'],
  ['another answer', { scan: DONE, report: { hello: 'world' } }, 'invalid_answer'],
])('%s is said', async (_, facts, fault) => {
  const { scan } = await harborWith(facts);

  expect(await faultOf(scan())).toBe(fault);
});

it('an expired robot, a wrong password and the page of a proxy are said', async () => {
  const facts = { scan: DONE, report: report([]) };
  expect(await faultOf((await harborWith(facts, { expired: ['robot$read'] })).scan())).toBe('registry_denied');
  expect(await faultOf((await harborWith(facts, {}, 'wrong')).scan())).toBe('registry_denied');
  expect(await faultOf((await harborWith(facts, { isPage: true })).scan())).not.toBe('none');
  const { harbor, target } = await harborWith(facts);
  expect(await faultOf(harbor.raw(target, 'sarif', never))).toBe('unsupported');
});
