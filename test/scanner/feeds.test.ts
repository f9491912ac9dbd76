import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { readEpss } from '../../src/scanner/feed-readers.ts';
import { createFeeds } from '../../src/scanner/feeds.ts';
import { watchLoop } from '../image/loop.ts';

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  packageName: 'zlib',
  version: '1',
  severity: 'HIGH',
  status: 'affected',
  ...more,
});

const KEV = {
  title: 'CISA Catalog of Known Exploited Vulnerabilities',
  catalogVersion: '2026.11.28',
  dateReleased: '2026-11-28T14:00:00.000Z',
  count: 1,
  vulnerabilities: [
    { cveID: 'CVE-2026-1001', vendorProject: 'OpenSSL', dateAdded: '2026-11-20', dueDate: '2026-12-11' },
  ],
};
const EPSS = [
  '#model_version:v2026.03.14,score_date:2026-11-28T00:00:00+0000',
  'cve,epss,percentile',
  'CVE-1999-0001,0.01318,0.79',
  'CVE-2026-1001,0.94310,0.99',
  'CVE-2026-10015,1,1',
  'CVE-2026-1002,0,0.1',
].join('\n');

function folderWith(files: Readonly<Record<string, string | Buffer>>) {
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

it('findings get what CISA and FIRST say of them', async () => {
  const folder = folderWith({ 'kev.json': JSON.stringify(KEV), 'epss.csv.gz': gzipSync(EPSS) });
  const feeds = createFeeds({ kev: 'kev.json', epss: 'epss.csv.gz', folder });

  const { findings, kev, epss } = await feeds.enrich([
    finding('CVE-2026-1001'),
    finding('CVE-2026-10015'),
    finding('CVE-2026-1002'),
    finding('GHSA-aaaa-bbbb-cccc'),
    finding('CVE-2026-9', { knownExploited: true, epss: 0.5 }),
  ]);
  expect(findings.map(({ knownExploited, epss }) => [knownExploited, epss])).toEqual([
    [true, 0.9431],
    [false, 1],
    [false, 0],
    [false, undefined],
    [true, 0.5],
  ]);
  expect([kev, epss]).toEqual([
    { date: '2026-11-28T14:00:00.000Z', failed: undefined },
    { date: '2026-11-28T00:00:00+0000', failed: undefined },
  ]);
});

it('a feed that cannot be read is named, and everything goes on without it', async () => {
  const folder = folderWith({ 'kev.json': '<html>sign in</html>', 'epss.csv': 'a,b\n1,2' });
  const feeds = createFeeds({ kev: 'kev.json', epss: 'missing.csv', folder });

  const { findings, kev, epss } = await feeds.enrich([finding('CVE-2026-1001')]);
  expect(findings).toEqual([finding('CVE-2026-1001')]);
  expect([kev?.failed, epss?.failed]).toEqual([expect.any(String), expect.stringContaining('ENOENT')]);
  expect((await createFeeds({ epss: 'epss.csv', folder }).enrich([])).epss?.failed).toContain('no scores');
});

it('the scores of 300 000 vulnerabilities are read without holding up others', async () => {
  async function* body() {
    yield Buffer.from('cve,epss,percentile\n');
    for (let at = 0; at < 300; at += 1) {
      const lines = Array.from(
        { length: 1000 },
        (_, index) => `CVE-2020-${at * 1000 + index + 1000},0.00${at % 9}42,0.5`,
      );
      yield Buffer.from(`${lines.join('\n')}\n`);
    }
  }
  const loop = watchLoop();
  const scores = await readEpss(body());
  const longest = loop.stop();

  expect(scores.of('CVE-2020-300999')).toBeCloseTo(0.00242, 5);
  expect(scores.of('CVE-2020-999')).toBeUndefined();
  expect(longest).toBeLessThan(100);
});

it('a feed that moved is followed on its own host, and to no other private address', async () => {
  const asked: string[] = [];
  const serve = async (name: string, answer: RequestListener) => {
    const server = createServer((request, response) => {
      asked.push(`${name} ${request.url}`);
      answer(request, response);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const inside = await serve('inside', (_, response) => response.end(EPSS));
  const feed = await serve('feed', ({ url }, response) => {
    if (url === '/today.csv') response.end(EPSS);
    else response.writeHead(302, { location: url === '/current.csv' ? '/today.csv' : `${inside}/secrets` }).end();
  });
  const stateOf = async (path: string) => (await createFeeds({ epss: `${feed}${path}`, folder: '.' }).enrich([])).epss;

  expect(await stateOf('/current.csv')).toMatchObject({ failed: undefined });
  expect(await stateOf('/elsewhere')).toMatchObject({ failed: expect.stringContaining('not a public address') });
  expect(asked).toEqual(['feed /current.csv', 'feed /today.csv', 'feed /elsewhere']);
});
