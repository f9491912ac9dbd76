import type { Finding } from './finding.ts';
import type { Dockerfile } from './model.ts';

const PRAGMA = /^#\s*hadolint\s+(global\s+)?ignore\s*=\s*([A-Za-z0-9,\s]+?)\s*(?:#.*)?$/u;
/** BuildKit's own checks that mean the same as a rule here. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  JSONArgsRecommended: ['DL3025'],
  SecretsUsedInArgOrEnv: ['DL3064'],
  DuplicateStageName: ['DL3024'],
  MaintainerDeprecated: ['DL4000'],
  MultipleInstructionsDisallowed: ['DL3012', 'DL4003', 'DL4004'],
  ReservedStageName: ['DL3063'],
  WorkdirRelativePath: ['DL3000'],
  FromPlatformFlagConstDisallowed: ['DL3029'],
};

/** Which findings a file asks to leave out, by the comments that hadolint and BuildKit read. */
export function ignoredBy(file: Dockerfile): (finding: Finding) => boolean {
  const everywhere = new Set<string>();
  const at = new Map<number, Set<string>>();
  for (const { line, text } of file.comments) {
    const [, isGlobal, list = ''] = PRAGMA.exec(text.slice(0, 2000)) ?? [];
    const rules = list.split(',').map((rule) => rule.trim().toUpperCase());
    for (const skip of /^#\s*check\s*=.*?\bskip=([\w,\s]+)/u.exec(text.slice(0, 2000))?.[1]?.split(',') ?? [])
      for (const rule of skipped(skip.trim())) everywhere.add(rule);
    if (list === '') continue;
    if (isGlobal !== undefined) for (const rule of rules) everywhere.add(rule);
    else {
      // It is about the instruction that follows it, whatever other comments stand between.
      const next = file.instructions.find((instruction) => instruction.line > line)?.line ?? 0;
      at.set(next, new Set([...(at.get(next) ?? []), ...rules]));
    }
  }
  return ({ rule, line }) => everywhere.has(rule) || at.get(line)?.has(rule) === true;
}

const skipped = (check: string): readonly string[] =>
  check === 'all' ? Object.values(CHECKS).flat() : (CHECKS[check] ?? []);
