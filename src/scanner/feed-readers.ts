import { createPace } from '../paced/pace.ts';
import { cut } from '../text/cut.ts';
import { readElements } from './json-elements.ts';

/** CISA's catalogue of known exploited vulnerabilities. */
export interface KnownExploited {
  readonly date: string;
  readonly ids: ReadonlySet<string>;
}

/** FIRST's scores of all vulnerabilities: how likely each is exploited within 30 days. */
export interface EpssScores {
  readonly date: string;
  of(id: string): number | undefined;
}

const CVE = /^CVE-(\d{4})-(\d{4,7})$/u;
const MOST_IDS = 100_000;
const MOST_SCORES = 2_000_000;

/** `{ dateReleased, vulnerabilities: [{ cveID, … }] }`. Rejects when there is none in it. */
export async function readKev(body: AsyncIterable<Uint8Array>): Promise<KnownExploited> {
  const ids = new Set<string>();
  let date = '';
  await readElements(body, ['$.dateReleased', '$.vulnerabilities.*'], ({ path, value }) => {
    if (path.length === 1) date = typeof value === 'string' ? cut(value, 40) : '';
    const { cveID } = (value ?? {}) as { readonly cveID?: unknown };
    if (typeof cveID === 'string' && CVE.test(cveID) && ids.size < MOST_IDS) ids.add(cveID);
  });
  if (ids.size === 0) throw new Error('it names no vulnerability');
  return { date, ids };
}

/**
 * CSV: `#model_version:…,score_date:2026-11-28T00:00:00+0000`, then `cve,epss,percentile` and a line each. Kept as one sorted
 * list of numbers, of which 300 000 take 2.4 MB. Rejects when there is none in it.
 */
export async function readEpss(body: AsyncIterable<Uint8Array>): Promise<EpssScores> {
  const packed: number[] = [];
  let date = '';
  for await (const line of linesOf(body)) {
    date ||= /score_date:([\dT:+-]{10,30})/u.exec(line)?.[1] ?? '';
    const [id = '', epss = ''] = line.split(',', 2);
    const key = keyOf(id);
    const score = Number(epss);
    if (key !== undefined && epss !== '' && score >= 0 && score <= 1) packed.push(key * STEP + Math.round(score * 1e5));
    if (packed.length > MOST_SCORES) throw new Error(`more than ${MOST_SCORES} lines`);
  }
  if (packed.length === 0) throw new Error('it has no scores');
  const sorted = Float64Array.from(packed).sort();
  return {
    date,
    of(id) {
      const key = keyOf(id);
      if (key === undefined) return undefined;
      const found = sorted[firstFrom(sorted, key * STEP)];
      return found !== undefined && Math.floor(found / STEP) === key ? (found % STEP) / 1e5 : undefined;
    },
  };
}

/** An id and its score, of which FIRST gives five digits, in one number. */
const STEP = 100_001;

/** Where the first number from `least` on is, in a sorted list. */
function firstFrom(sorted: Float64Array, least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A CVE's id as a number; undefined of any other. */
function keyOf(id: string): number | undefined {
  const [, year, number] = CVE.exec(id) ?? [];
  return year === undefined ? undefined : Number(year) * 10_000_000 + Number(number);
}

const MOST_LINE = 10_000;

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const pace = createPace();
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_LINE) throw new Error('it is no CSV');
    for (const line of lines) {
      yield line;
      await pace();
    }
  }
  yield rest;
}
