import { z } from 'zod';
import { re2 } from '../domain/re2.ts';
import { Size } from '../domain/size.ts';
import { duration } from './words.ts';

/** What one word of a command has to be. */
export type WordPattern =
  /** `*` stands for any characters of one part of a path, a part `**` for any number of parts; without stars it is exact. */
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'exact'; readonly text: string }
  /** The whole word, in RE2's syntax. */
  | { readonly kind: 're2'; readonly text: string }
  /** Any further words, or none: at the end only. */
  | { readonly kind: 'rest' };

const REST = '...';

const Word = z.union([
  z.string().min(1).max(1000),
  z.strictObject({ exact: z.string().max(1000) }),
  z.strictObject({ re2: z.string().min(1).max(1000) }),
]);

const Command = z
  .union([z.string().min(1).max(4000), z.array(Word).min(1).max(100)])
  .transform((command, context): readonly WordPattern[] => {
    const words = typeof command === 'string' ? command.split(' ').filter((word) => word !== '') : command;
    const patterns = words.map(patternOf);
    const problem = problemOf(patterns);
    if (problem === undefined) return patterns;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });

function patternOf(word: z.infer<typeof Word>): WordPattern {
  if (word === REST) return { kind: 'rest' };
  if (typeof word === 'string') return { kind: 'glob', text: word };
  return 'exact' in word ? { kind: 'exact', text: word.exact } : { kind: 're2', text: word.re2 };
}

function problemOf(patterns: readonly WordPattern[]): string | undefined {
  const [program] = patterns;
  if (program === undefined || program.kind === 'rest') return 'must begin with a program';
  if (patterns.slice(0, -1).some(({ kind }) => kind === 'rest')) return `has ${REST} before its end`;
  for (const pattern of patterns) {
    try {
      if (pattern.kind === 're2') re2().RE2JS.compile(pattern.text);
    } catch (error) {
      if (error instanceof re2().RE2JSException) return `has a pattern that RE2 does not take: ${error.message}`;
      throw error;
    }
  }
  return undefined;
}

const LONGEST_MS = 3_600_000;
const MOST_OUTPUT = 8 * 1024 * 1024;

/** Programs that holders of a role may run in containers. */
export const ExecRule = z.lazy(() =>
  z.strictObject({
    commands: z.array(Command).min(1).meta({
      description:
        'Word by word: "df -h", "ls /srv/**", [psql, -c, { re2: "select [^;]*" }]; * in a word, { exact: "*" }, ... for any more words',
    }),
    containers: z.array(z.string().min(1)).min(1).default(['*']).meta({ description: 'Patterns over names: "shop-*"' }),
    users: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: 'Patterns for -u, besides the container\u2019s own user; root has to be named' }),
    workdirs: z.array(z.string().startsWith('/')).default([]).meta({ description: 'Patterns for -w: "/app/**"' }),
    env: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: 'Patterns over names for -e; PATH, LD_* and the like have to be named in full' }),
    timeout: duration('30s')
      .refine((ms) => ms <= LONGEST_MS, 'is 1h at most')
      .meta({ description: 'How long it may run; ended in the container, by its `timeout`' }),
    output: Size.prefault('1m')
      .refine((bytes) => bytes <= MOST_OUTPUT, 'is 8m at most')
      .meta({ description: 'How much of its output is read' }),
    unbounded: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether it may run in an image without `timeout`, where nothing can end it' }),
    onGrant: z
      .boolean()
      .default(false)
      .meta({ description: 'Only for as long as somebody on call has granted it: /dock grant exec' }),
  }),
);
/** Times are in milliseconds, sizes in bytes. */
export type ExecRule = z.infer<typeof ExecRule>;

type RolesWithRules = Readonly<
  Record<string, { readonly extends: readonly string[]; readonly exec: readonly ExecRule[] }>
>;

/** A rule with the place in the config where it stands. */
export interface PlacedExecRule extends ExecRule {
  readonly path: string;
}

/** The rules of a role, its own first, then inherited ones. A circle of roles is harmless: each is visited once. */
export function execRulesOf(name: string, roles: RolesWithRules): readonly PlacedExecRule[] {
  const seen = new Set<string>();
  const visit = (one: string): PlacedExecRule[] => {
    if (seen.has(one)) return [];
    seen.add(one);
    const role = roles[one];
    const own = (role?.exec ?? []).map((rule, index) => ({ ...rule, path: `roles.${one}.exec[${index}]` }));
    return [...own, ...(role?.extends ?? []).flatMap(visit)];
  };
  return visit(name);
}
