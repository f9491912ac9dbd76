import type { Config, PlacedExecRule } from '../config.ts';
import { code } from '../domain/errors.ts';
import { fitsCommand, fitsGlob, sayPattern } from './exec-pattern.ts';

/** What somebody wants to run in a container. */
export interface ExecAsk {
  readonly argv: readonly string[];
  /** Names the container goes by: its own and, after a start-first rollout, the one it serves under. */
  readonly names: readonly string[];
  /** Undefined for the container's own. */
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  /** Names of the variables that are set. */
  readonly env: readonly string[];
}

export type ExecVerdict =
  | {
      readonly may: true;
      readonly rule: PlacedExecRule /** The pattern it fits, as it is written. */;
      readonly pattern: string;
    }
  | { readonly may: false; readonly why: string; readonly hint: string };

/** Rules of the roles a person holds. */
export function execRules(roles: readonly string[], config: Pick<Config, 'execRules'>): readonly PlacedExecRule[] {
  const rules = roles.flatMap((role) => config.execRules.get(role) ?? []);
  return [...new Map(rules.map((rule) => [rule.path, rule])).values()];
}

/** Closed by default: what no rule has in every part is refused. Rules without a grant come first. */
export function mayExec(ask: ExecAsk, rules: readonly PlacedExecRule[]): ExecVerdict {
  const here = rules.filter((rule) => isAbout(rule, ask.names));
  const naming = here.filter(({ commands }) => commands.some((command) => fitsCommand(command, ask.argv)));
  const fitting = naming.filter((rule) => problems(rule, ask).length === 0);
  const rule = fitting.find(({ onGrant }) => !onGrant) ?? fitting[0];
  const command = rule?.commands.find((one) => fitsCommand(one, ask.argv));
  if (rule && command) return { may: true, rule, pattern: sayPattern(command) };
  const [name = ''] = ask.names;
  if (here.length === 0) return nothingMayRun(name);
  const [first] = naming;
  if (first === undefined)
    return {
      may: false,
      why: `You may not run ${code(ask.argv.join(' '))} in ${code(name)}.`,
      hint: unquoted(ask.argv, here) ?? sayAllowed(here),
    };
  return { may: false, why: problems(first, ask).join(' '), hint: `The rule is \`${first.path}\` in the config.` };
}

/** Whether any rule has the command, whichever containers it is about: where none has, which one is meant does not matter. */
export function mayExecSomewhere(
  argv: readonly string[],
  container: string,
  rules: readonly PlacedExecRule[],
): { readonly may: true } | Extract<ExecVerdict, { readonly may: false }> {
  if (rules.some(({ commands }) => commands.some((command) => fitsCommand(command, argv)))) return { may: true };
  if (rules.length === 0) return nothingMayRun(container);
  const here = rules.filter((rule) => isAbout(rule, [container]));
  const hint = unquoted(argv, rules) ?? (here.length > 0 ? sayAllowed(here) : SEE_RULES);
  return { may: false, why: `You may not run ${code(argv.join(' '))} in ${code(container)}.`, hint };
}

/** `exec shop "ls -la"`: in quotes it is the name of one program, and without them it is allowed. */
function unquoted(argv: readonly string[], rules: readonly PlacedExecRule[]): string | undefined {
  const [only = '', ...others] = argv;
  const words = others.length > 0 ? [] : only.split(' ').filter((word) => word !== '');
  const isAllowed = words.length > 1 && rules.some(({ commands }) => commands.some((one) => fitsCommand(one, words)));
  return isAllowed ? `In quotes it is the name of one program. Leave them out: ${code(words.join(' '))}.` : undefined;
}

const SEE_RULES = 'Rules are `exec` of a role.';

const nothingMayRun = (container: string) =>
  ({ may: false, why: `Nothing may be run in ${code(container)} by you here.`, hint: SEE_RULES }) as const;

/** Whether a rule is about a container of one of these names. */
export function isAbout(rule: PlacedExecRule, names: readonly string[]): boolean {
  return rule.containers.some((pattern) => names.some((name) => fitsGlob(pattern, name)));
}

/** What a rule does not let the command have. */
function problems(rule: PlacedExecRule, { user, workdir, env }: ExecAsk): string[] {
  const bad = env.filter((name) => !rule.env.some((pattern) => isVariable(pattern, name)));
  return [
    ...(user !== undefined && !rule.users.some((pattern) => isUser(pattern, user))
      ? [`\`-u ${code(user).slice(1, -1)}\` is not allowed for that command.`]
      : []),
    ...(workdir !== undefined && !rule.workdirs.some((pattern) => fitsGlob(pattern, workdir))
      ? [`\`-w ${code(workdir).slice(1, -1)}\` is not allowed for that command.`]
      : []),
    ...(bad.length > 0 ? [`\`-e\` may not set ${bad.slice(0, 5).map(code).join(', ')} for that command.`] : []),
  ];
}

/** Root by any of its spellings is no star's: `0`, `00`, `root:www-data`. */
function isUser(pattern: string, user: string): boolean {
  const [name = ''] = user.split(':');
  const isRoot = name === '' || name === 'root' || /^\+?0+$/u.test(name);
  return pattern === user || (!isRoot && fitsGlob(pattern, user));
}

/** Variables by which another program than the one that was allowed would run, or other code in it. */
const STEERING =
  /^(?:PATH|IFS|ENV|HOME|SHELL|EDITOR|VISUAL|PAGER|FAIRLEAD_.*|LD_.*|DYLD_.*|BASH_.*|GIT_.*|LESS.*|.*(?:PATH|OPT|OPTS|OPTIONS|FLAGS|ARGS|HOME|PRELOAD|STARTUP|RC|INIT))$/iu;

function isVariable(pattern: string, name: string): boolean {
  return pattern === name ? !/^FAIRLEAD_/u.test(name) : !STEERING.test(name) && fitsGlob(pattern, name);
}

const MOST_SAID = 6;

function sayAllowed(rules: readonly PlacedExecRule[]): string {
  const all = rules.flatMap(({ commands, onGrant }) =>
    commands.map((command) => `${code(sayPattern(command))}${onGrant ? ' (on a grant)' : ''}`),
  );
  const more = all.length > MOST_SAID ? ` and ${all.length - MOST_SAID} more` : '';
  return `Allowed there: ${all.slice(0, MOST_SAID).join(', ')}${more}.`;
}
