import { createPace, type Pace } from '../paced/pace.ts';
import type { Finding } from './finding.ts';
import { CACHE_FIXES } from './fixes/cache.ts';
import { applyEdits, type Draft, type Fix } from './fixes/fix.ts';
import { INSTRUCTION_FIXES } from './fixes/instructions.ts';
import { PACKAGE_FIXES } from './fixes/packages.ts';
import { JOIN_FIXES, RUN_FIXES } from './fixes/runs.ts';
import { lintDockerfile } from './lint.ts';
import { parseDockerfile } from './parse.ts';
import { whyUnreadable } from './readable.ts';

/** The file with what can be mended without knowing more than it says. */
export interface Suggestion {
  /** With the line breaks of the original. */
  readonly text: string;
  /** The rules whose findings are gone, some of them or all. */
  readonly fixed: readonly string[];
  /** What is left to do in it. */
  readonly findings: readonly Finding[];
}

const FIXES: readonly Fix[] = [...INSTRUCTION_FIXES, ...CACHE_FIXES, ...JOIN_FIXES, ...PACKAGE_FIXES, ...RUN_FIXES];

/** Turns until nothing more can be mended: one mend may make another possible. */
const MOST_TURNS = 12;

/**
 * Mends a Dockerfile. Every mend is parsed and linted: it is kept when it takes away what it claims and adds no finding.
 * Undefined when there is nothing to mend, and for a file that Docker could not read.
 */
export async function suggestFor(raw: string): Promise<Suggestion | undefined> {
  const pace = createPace();
  let draft = await draftOf(raw, pace);
  if (draft.findings.some(({ rule }) => rule === 'DL1000')) return undefined;
  const first = draft;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const before = draft;
    for (const fix of FIXES) {
      draft = (await mended(draft, fix, pace)) ?? draft;
    }
    if (draft === before) break;
  }
  if (draft === first) return undefined;
  const [had, has] = [counts(first), counts(draft)];
  return {
    text: /\r\n/u.test(raw) ? draft.file.text.replaceAll('\n', '\r\n') : draft.file.text,
    fixed: [...had].flatMap(([rule, count]) => ((has.get(rule) ?? 0) < count ? [rule] : [])),
    findings: draft.findings,
  };
}

async function draftOf(text: string, pace: Pace): Promise<Draft> {
  const file = parseDockerfile(text);
  await pace();
  return { file, findings: lintDockerfile(file) };
}

function counts({ findings }: Draft): Map<string, number> {
  const counted = new Map<string, number>();
  for (const { rule } of findings) counted.set(rule, (counted.get(rule) ?? 0) + 1);
  return counted;
}

/** The file with one fix; undefined when that has nothing to do, or does not do what it claims. */
async function mended(draft: Draft, fix: Fix, pace: Pace): Promise<Draft | undefined> {
  if (!draft.findings.some(({ rule }) => fix.rules.includes(rule))) return undefined;
  const text = applyEdits(draft.file.text, fix.edits(draft));
  if (text === draft.file.text || whyUnreadable(text) !== undefined) return undefined;
  await pace();
  const next = await draftOf(text, pace);
  await pace();
  const [had, has] = [counts(draft), counts(next)];
  const isBetter = fix.rules.some((rule) => (has.get(rule) ?? 0) < (had.get(rule) ?? 0));
  const isWorse = [...has].some(([rule, count]) => count > (had.get(rule) ?? 0));
  return isBetter && !isWorse ? next : undefined;
}
