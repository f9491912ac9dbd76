import { expect, it } from 'vitest';
import { Scanner } from '../../src/config/scanner.ts';
import { ScanError } from '../../src/scanner/errors.ts';
import { createGrype } from '../../src/scanner/grype/grype.ts';
import type { ScannerContext } from '../../src/scanner/run-scanner.ts';
import { createFakeScanner, digestOf, type FakeScanner } from './fake.ts';

const DIGEST = digestOf('c3');
const target = { repository: 'harbor.example.com/devops/shop', digest: DIGEST };
const never = new AbortController().signal;

const grypeOf = ({ command }: Pick<FakeScanner, 'command'>, access: ReturnType<ScannerContext['registry']> = {}) =>
  createGrype({
    config: Scanner.parse({ kind: 'grype', command, timeout: '20s' }),
    registry: () => access,
    env: process.env,
  });

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ScanError ? error.fault : error),
  );

const match = (id: string, more: { readonly vulnerability?: object; readonly artifact?: object } = {}) => ({
  vulnerability: {
    id,
    dataSource: `https://example.com/${id}`,
    namespace: 'debian:distro:debian:13',
    severity: 'High',
    urls: [],
    description: 'A flaw.',
    cvss: [],
    fix: { versions: [], state: 'not-fixed' },
    advisories: [],
    risk: 40.1,
    ...more.vulnerability,
  },
  relatedVulnerabilities: [],
  matchDetails: [{ type: 'exact-direct-match', matcher: 'dpkg-matcher' }],
  artifact: {
    id: 'f00',
    name: 'libssl3t64',
    version: '3.5.1-1',
    type: 'deb',
    locations: [{ path: '/var/lib/dpkg/status', layerID: 'sha256:1' }],
    language: '',
    licenses: [],
    cpes: [],
    purl: 'pkg:deb/debian/libssl3t64@3.5.1-1',
    upstreams: [],
    ...more.artifact,
  },
});

/** In the form of Grype's JSON; the findings are made up. */
const report = (matches: readonly object[], distro: object = { name: 'debian', version: '13', idLike: [] }) => ({
  matches,
  ignoredMatches: [match('CVE-2026-9')],
  source: { type: 'image', target: { userInput: 'harbor.example.com/devops/shop', config: 'c2VjcmV0' } },
  distro,
  descriptor: {
    name: 'grype',
    version: '0.116.0',
    configuration: { output: ['json'], registry: { auth: [] } },
    db: { status: { schemaVersion: 'v6.1.0', built: '2026-11-28T05:00:00Z', valid: true }, providers: {} },
    timestamp: '2026-11-28T12:00:00Z',
  },
});

it('its findings have what it says of exploitation', async () => {
  const fake = createFakeScanner('grype');
  const epss = [{ cve: 'CVE-2026-1001', epss: 0.91, percentile: 0.99, date: '2026-11-27' }];
  const knownExploited = [{ cve: 'CVE-2026-1001', dateAdded: '2026-11-20', knownRansomwareCampaignUse: 'Known' }];
  const fix = { versions: ['3.5.1-1+deb13u2'], state: 'fixed' };
  const npm = { name: 'lodash', version: '4.17.20', type: 'npm', locations: [{ path: '/app/package.json' }] };
  fake.report(
    DIGEST,
    report([
      match('CVE-2026-1001', { vulnerability: { severity: 'Critical', fix, epss, knownExploited } }),
      match('GHSA-aaaa-bbbb-cccc', { vulnerability: { severity: 'Negligible' }, artifact: npm }),
    ]),
  );

  const read = await grypeOf(fake).scan(target, never);

  expect(read).toMatchObject({ os: 'debian 13', unjudged: [], suppressed: 1, database: '2026-11-28T05:00:00Z' });
  expect(read.findings).toMatchObject([
    {
      id: 'CVE-2026-1001',
      severity: 'CRITICAL',
      status: 'fixed',
      fixedIn: '3.5.1-1+deb13u2',
      knownExploited: true,
      epss: 0.91,
    },
    { id: 'GHSA-aaaa-bbbb-cccc', severity: 'LOW', path: '/app/package.json', knownExploited: false },
  ]);
  expect(read.findings[0]?.path).toBeUndefined();
});

it('without a system that it recognizes, no findings are no good news', async () => {
  const fake = createFakeScanner('grype');
  fake.report(DIGEST, report([], { name: '', version: '' }));

  expect(await grypeOf(fake).scan(target, never)).toMatchObject({ findings: [], unjudged: ['nothing_recognized'] });
});

it('accounts go by the environment, and failures are named', async () => {
  const account = { username: 'robot$fairlead', password: 's3cret-of-harbor' };
  const fake = createFakeScanner('grype', { account });
  fake.report(DIGEST, report([]));
  expect(await faultOf(grypeOf(fake, { account }).scan({ ...target, platform: 'linux/arm64' }, never))).toBe('none');
  const [call] = fake.calls();
  expect(call?.args).toEqual([
    '-o',
    'json',
    '-q',
    '--platform',
    'linux/arm64',
    `registry:${target.repository}@${DIGEST}`,
  ]);
  expect(call?.env['GRYPE_REGISTRY_AUTH_AUTHORITY']).toBe('harbor.example.com');
  expect(await grypeOf(fake, { account }).raw(target, 'cyclonedx', never)).toContain('cyclonedx-json');

  expect(await faultOf(grypeOf(fake).scan(target, never))).toBe('registry_denied');
  const other = { ...target, digest: digestOf('dd') };
  expect(await faultOf(grypeOf(fake, { account }).scan(other, never))).toBe('not_found');
  fake.set({ fault: { text: 'the vulnerability database was built 6 days ago (max allowed age is 5 days)' } });
  expect(await faultOf(grypeOf(fake, { account }).scan(target, never))).toBe('database');
});

it('another program, an old one and an answer of another are refused', async () => {
  expect(await faultOf(grypeOf(createFakeScanner('grype', { version: '0.91.2' })).version(never))).toBe('old');
  expect(await faultOf(grypeOf(createFakeScanner('grype')).version(never))).toBe('none');
  expect(await faultOf(grypeOf(createFakeScanner('trivy')).version(never))).not.toBe('none');
  const fake = createFakeScanner('grype');
  fake.report(DIGEST, { ...report([]), descriptor: { name: 'syft' } });
  expect(await faultOf(grypeOf(fake).scan(target, never))).toBe('invalid_answer');
  fake.report(DIGEST, report([{ vulnerability: {} }]));
  expect(await faultOf(grypeOf(fake).scan(target, never))).toBe('invalid_answer');
});
