import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Scanner } from '../../src/config/scanner.ts';
import { ScanError } from '../../src/scanner/errors.ts';
import { programFailure } from '../../src/scanner/program-failure.ts';
import type { ScannerContext } from '../../src/scanner/run-scanner.ts';
import { createTrivy } from '../../src/scanner/trivy/trivy.ts';
import { createFakeScanner, digestOf, type FakeScanner } from './fake.ts';
import * as reports from './reports.ts';

const SHOP = digestOf('a1');
const target = { repository: 'harbor.example.com/devops/shop', digest: SHOP };
const never = new AbortController().signal;

function trivyOf(fake: Pick<FakeScanner, 'command'>, config = {}, more: Partial<ScannerContext> = {}) {
  return createTrivy({
    config: Scanner.parse({ kind: 'trivy', command: fake.command, timeout: '20s', ...config }),
    registry: () => ({}),
    env: process.env,
    ...more,
  });
}

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ScanError ? error.fault : error),
  );

async function scanned(report: unknown) {
  const fake = createFakeScanner('trivy');
  fake.report(SHOP, report);
  return trivyOf(fake).scan(target, never);
}

it('findings of a system and of languages are read, whatever else is in the report', async () => {
  const read = await scanned(reports.shopReport);

  expect(read).toMatchObject({ os: 'debian 13.1', unjudged: [], suppressed: 1 });
  expect(read.findings.map(({ id }) => id)).toEqual([
    'CVE-2026-1001',
    'CVE-2026-1002',
    'CVE-2026-1003',
    'CVE-2026-2001',
    'CVE-2026-2002',
  ]);
  expect(read.findings[0]).toMatchObject({
    packageName: 'libssl3t64',
    version: '3.5.1-1',
    fixedIn: '3.5.1-1+deb13u2',
    severity: 'CRITICAL',
    status: 'fixed',
    purl: expect.stringContaining('pkg:deb/debian/libssl3t64@3.5.1-1'),
  });
  expect(read.findings[3]).toMatchObject({ path: 'app/node_modules/lodash/package.json' });
  expect(JSON.stringify(read)).not.toContain(reports.IMAGE_SECRET);
});

it('packages of binaries are told from one another by the file, which their result names', async () => {
  const entry = { id: 'CVE-2026-3001', name: 'stdlib', version: 'v1.24.1' };
  const inFile = (file: string) => ({ ...reports.languagePackages('gobinary', [entry]), Target: file });
  const read = await scanned(
    reports.trivyReport([reports.osPackages([entry]), inFile('usr/bin/a'), inFile('usr/bin/b')]),
  );

  expect(read.findings.map(({ path }) => path)).toEqual([undefined, 'usr/bin/a', 'usr/bin/b']);
});

it.each([
  ['an end-of-life system', reports.endOfLifeReport, ['os_end_of_life']],
  ['a system without data', reports.unsupportedSystemReport, ['os_unsupported']],
  ['only packages of languages', reports.unknownSystemReport, ['os_unknown']],
  ['nothing that is recognized', reports.emptyReport, ['nothing_recognized']],
  ['a system that is clean', reports.cleanReport, []],
])('%s: no findings, and what that is worth', async (_, report, unjudged) => {
  expect(await scanned(report)).toMatchObject({ findings: [], unjudged });
});

it('hostile texts are cut and an entry without an id is not left out', async () => {
  const long = reports.vulnerability({ ...reports.EXPAT, title: 'x'.repeat(5000), version: 'y'.repeat(900_000) });
  const read = await scanned(reports.trivyReport([{ ...reports.osPackages([]), Vulnerabilities: [long] }]));
  expect(read.findings[0]?.title?.length).toBeLessThanOrEqual(200);
  expect(read.findings[0]?.version.length).toBeLessThanOrEqual(100);

  const nameless = { ...reports.vulnerability(reports.EXPAT), VulnerabilityID: undefined };
  const report = reports.trivyReport([{ ...reports.osPackages([]), Vulnerabilities: [nameless] }]);
  expect(await faultOf(scanned(report))).toBe('invalid_answer');
});

it.each([
  ['another schema', { ...reports.cleanReport, SchemaVersion: 3 }, 'invalid_answer'],
  ['no report', { hello: 'world' }, 'invalid_answer'],
  ['a list', [1, 2], 'invalid_answer'],
  ['levels without end', JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`), 'too_large'],
  ['an entry without end', { SchemaVersion: 2, Results: [{ Vulnerabilities: [{ x: 'x'.repeat(5e6) }] }] }, 'too_large'],
])('what is no report is refused: %s', async (_, report, fault) => {
  expect(await faultOf(scanned(report))).toBe(fault);
});

it('an answer that ends too early is no clean one', async () => {
  const fake = createFakeScanner('trivy');
  fake.report(SHOP, reports.shopReport);
  const { writeFileSync } = await import('node:fs');
  const path = join(fake.folder, 'report-a10000000000.json');
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -200));

  expect(await faultOf(trivyOf(fake).scan(target, never))).toBe('invalid_answer');
});

it('accounts and tokens go by the environment, and of that no more than is needed', async () => {
  const account = { username: 'robot$fairlead', password: 's3cret-of-harbor' };
  const fake = createFakeScanner('trivy', { account, server: { token: 't0ken-of-trivy' } });
  fake.report(SHOP, reports.cleanReport);
  const config = { server: 'http://trivy.example.com:4954', token: 't0ken-of-trivy' };
  const env = { ...process.env, SLACK_BOT_TOKEN: 'xoxb-not-for-scanners', AWS_SECRET_ACCESS_KEY: 'nor-this' };
  const trivy = trivyOf(fake, config, {
    registry: () => ({ account, ca: '/etc/harbor-ca.pem', isInsecure: true }),
    env,
  });
  await trivy.scan({ ...target, platform: 'linux/arm64' }, never);

  const [call] = fake.calls();
  expect(call?.args.join(' ')).not.toMatch(/s3cret|t0ken/u);
  expect(call?.args).toEqual(expect.arrayContaining(['--image-src', 'remote', '--platform', 'linux/arm64']));
  expect(call?.args.at(-1)).toBe(`harbor.example.com/devops/shop@${SHOP}`);
  expect(call?.env).toMatchObject({ TRIVY_PASSWORD: 's3cret-of-harbor', TRIVY_TOKEN: 't0ken-of-trivy' });
  expect(call?.env).toMatchObject({ SSL_CERT_FILE: '/etc/harbor-ca.pem', TRIVY_INSECURE: 'true' });
  expect(JSON.stringify(call?.env)).not.toMatch(/not-for-scanners|nor-this/u);
});

const FAULTS: readonly (readonly [string, string])[] = [
  [
    'database',
    'FATAL\tFatal error\trun error: init error: DB error: failed to download vulnerability DB: OCI artifact error: GET https://mirror.example.com: TOOMANYREQUESTS: retry-after: 704µs',
  ],
  [
    'database',
    'FATAL\tFatal error\tinit error: DB error: failed to download vulnerability DB: failed to download artifact from any source',
  ],
  [
    'database',
    'FATAL\tFatal error\tinit error: DB error: database error: --skip-db-update cannot be specified on the first run',
  ],
  [
    'busy',
    'FATAL\tFatal error\tunable to initialize the cache: unable to initialize fs cache: cache may be in use by another process: timeout',
  ],
  [
    'busy',
    'FATAL\tError remote Maven repository returned 429 Too Many Requests. Please retry later. Retry-After: 1800',
  ],
  [
    'timeout',
    'FATAL\tFatal error\trun error: image scan error: scan error: scan failed: failed analysis: analyze error: timeout: context deadline exceeded',
  ],
  [
    'tls',
    'FATAL\tremote error: Get "https://harbor.example.com/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  ['disk', 'FATAL\tfailed to copy the image: write /tmp/fanal-1: no space left on device'],
  [
    'unreachable',
    'FATAL\tscan failed: twirp error internal: failed to do request: Post "http://trivy:4954/twirp": dial tcp: lookup trivy: no such host',
  ],
  [
    'registry_denied',
    '\t* remote error: GET https://harbor.example.com/v2/: UNAUTHORIZED: unauthorized to access repository',
  ],
  [
    'registry_denied',
    '\t* remote error: GET https://ghcr.io/token: DENIED: requested access to the resource is denied',
  ],
  [
    'rate_limited',
    '\t* remote error: GET https://index.docker.io/v2/: TOOMANYREQUESTS: You have reached your pull rate limit.',
  ],
  ['not_found', '\t* remote error: GET https://harbor.example.com/v2/: MANIFEST_UNKNOWN: manifest unknown'],
  ['failed', 'panic: runtime error: invalid memory address'],
];

it.each(FAULTS)('a failure of the program is named: %s (%s)', (fault, text) => {
  expect(programFailure('Trivy', `2026-11-28T12:00:00Z\tINFO\tDetected OS\n${text}\n`, 1).fault).toBe(fault);
});

it('the last words of a program that failed are kept', async () => {
  const fake = createFakeScanner('trivy', {
    fault: { text: 'first\n\u001b[31mFATAL\u001b[0m the cause', exitCode: 3 },
  });

  await expect(trivyOf(fake).scan(target, never)).rejects.toMatchObject({ fault: 'failed', said: 'FATAL the cause' });
});

it('a wrong token, a wrong account and an unknown image are told apart', async () => {
  const server = createFakeScanner('trivy', { server: { token: 'right' } });
  const config = { server: 'http://trivy.example.com:4954', token: 'wrong' };
  expect(await faultOf(trivyOf(server, config).scan(target, never))).toBe('token');

  const closed = createFakeScanner('trivy', { account: { username: 'a', password: 'b' } });
  expect(await faultOf(trivyOf(closed).scan(target, never))).toBe('registry_denied');

  expect(await faultOf(trivyOf(createFakeScanner('trivy')).scan(target, never))).toBe('not_found');
});

it('a program that is missing, too old, malicious or another one is refused', async () => {
  expect(await faultOf(trivyOf({ command: '/nowhere/trivy' }).version(never))).toBe('missing');
  for (const [version, fault] of [
    ['0.51.1', 'old'],
    ['0.69.4', 'malicious'],
    ['v0.69.6', 'malicious'],
    ['0.51.2', 'none'],
    ['dev', 'none'],
  ] as const)
    expect([version, await faultOf(trivyOf(createFakeScanner('trivy', { version })).version(never))]).toEqual([
      version,
      fault,
    ]);
  expect(await faultOf(trivyOf({ command: '/bin/echo' }).version(never))).toBe('invalid_answer');
});

it('at its deadline a program ends with all it started', async () => {
  const fake = createFakeScanner('trivy', { fault: { hangs: true } });
  const trivy = trivyOf(fake, { timeout: '2s' });

  expect(await faultOf(trivy.scan(target, never))).toBe('timeout');
  await expect.poll(() => isRunning(childOf(fake))).toBe(false);
});

it('a scan that nobody waits for any more is ended with all it started', async () => {
  const fake = createFakeScanner('trivy', { fault: { hangs: true } });
  const stop = new AbortController();
  const scanning = faultOf(trivyOf(fake).scan(target, stop.signal));
  await expect.poll(() => readIfThere(join(fake.folder, 'child.pid'))).not.toBe('');
  stop.abort();

  expect(await scanning).toBe('stopped');
  await expect.poll(() => isRunning(childOf(fake)), { timeout: 10_000 }).toBe(false);
});

const childOf = ({ folder }: { readonly folder: string }) =>
  Number(readFileSync(join(folder, 'child.pid'), 'utf8').trim());

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process runs; one that has ended and is not reaped does not. */
function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX]/mu.test(readIfThere(`/proc/${pid}/status`));
}
