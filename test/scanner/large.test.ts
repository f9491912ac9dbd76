import { execFile } from 'node:child_process';
import { createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { expect, it } from 'vitest';
import { createFakeScanner, digestOf } from './fake.ts';
import type { Cost } from './measure.ts';
import { osPackages, trivyReport, vulnerability } from './reports.ts';

const DIGEST = digestOf('1a');
const BYTES = 50_000_000;

it('a report of 50 MB is read and kept within 150 MB, and holds nobody up', { timeout: 120_000 }, async () => {
  const fake = createFakeScanner('trivy');
  const path = join(fake.folder, 'large.json');
  await pipeline(Readable.from(largeReport()), createWriteStream(path));
  fake.set({ reports: { [DIGEST]: 'large.json' } });
  expect(statSync(path).size).toBeGreaterThan(BYTES);

  // As the bot is built: in development, a third of the memory is that of removing types.
  const input = new URL('./measure.ts', import.meta.url).pathname;
  const script = join(fake.folder, 'measure.mjs');
  await build({ input, platform: 'node', output: { file: script, codeSplitting: false }, logLevel: 'silent' });
  const { stdout } = await promisify(execFile)(process.execPath, [script, fake.command, DIGEST]);
  const cost: Cost = JSON.parse(stdout);

  expect(cost.findings).toBeGreaterThan(15_000);
  expect(cost.peakBytes).toBeLessThan(150e6);
  expect(cost.longestMs).toBeLessThan(100);
});

/** In pieces, as long as Trivy's for an image with the whole of a distribution: descriptions and references in each entry. */
function* largeReport() {
  const [head = '', tail = ''] = JSON.stringify(trivyReport([osPackages([])])).split('"Type":"debian"}');
  yield `${head}"Type":"debian","Vulnerabilities":[`;
  const description = 'A flaw was found in how the library reads what it is given. '.repeat(22);
  let bytes = 0;
  for (let at = 0; bytes < BYTES; at += 1) {
    const text = JSON.stringify(
      vulnerability({
        id: `CVE-2026-${10_000 + at}`,
        name: `package-${at % 700}`,
        version: `1.${at % 90}`,
        fixed: '2.0',
        description,
      }),
      null,
      2,
    );
    bytes += text.length;
    yield `${at === 0 ? '' : ','}${text}`;
  }
  yield `]}${tail}`;
}
