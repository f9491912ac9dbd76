import type { Instruction } from '../model.ts';
import {
  ADD,
  APK,
  APT,
  DNF,
  hasAny,
  INSTALL,
  type Packaging,
  PIP,
  packagings,
  YUM,
  YUM_VERBS,
  ZYPPER,
  ZYPPER_VERBS,
} from '../rules/package-commands.ts';
import { isWord } from '../shell/tokens.ts';
import { brokenAt, type Draft, type Edit, type Fix, insert } from './fix.ts';

interface Adding {
  readonly rule: string;
  readonly programs: RegExp;
  readonly verbs: RegExp;
  readonly option: string;
  /** Other spellings of it. */
  readonly same?: readonly string[];
}

const YES = ['--yes', '--assumeyes', '--assume-yes', '-qq', '-q=2'];

/** An option written behind what the package manager is told to do. */
const adding = ({ rule, programs, verbs, option, same = [] }: Adding): Fix => ({
  rules: [rule],
  edits: (draft) =>
    brokenAt(draft, rule)
      .flatMap((instruction): Packaging[] => packagings(instruction, programs, verbs))
      .filter(({ command }) => !hasAny(command, option, ...same))
      .map(({ verb }) => insert(verb.end, ` ${option}`)),
});

/** Whether a command can be added behind the last one, and run when that succeeds. */
export function canAppend({ heredocs, json, shell }: Instruction): boolean {
  const last = shell.tokens.at(-1);
  return (
    heredocs.length === 0 &&
    json === undefined &&
    !shell.hasComment &&
    shell.unclosed === undefined &&
    last !== undefined &&
    (isWord(last) || last.operator === ')' || last.operator === '>') &&
    !shell.tokens.some((token) => !isWord(token) && token.operator === '&')
  );
}

/** A command as it is added on a line of its own. */
export const joined = ({ file }: Pick<Draft, 'file'>, command: string): string =>
  ` ${file.escapeMark}\n    && ${command}`;

/** Whether a RUN uses the package lists of an earlier one. */
const needsLists = (instruction: Instruction) =>
  packagings(instruction, APT, INSTALL).length > 0 && packagings(instruction, APT, /^update$/u).length === 0;

/** The RUNs behind which the lists are of no use: they install themselves, and no later one goes on with them. */
function doneWithLists(runs: readonly Instruction[], { file }: Draft): Instruction[] {
  const last = file.instructions.findLast(needsLists)?.start ?? -1;
  return runs.filter((run) => run.start >= last && packagings(run, APT, INSTALL).length > 0);
}

const appending = (rule: string, commandFor: (instruction: Instruction) => string): Fix => ({
  rules: [rule],
  edits: (draft): Edit[] => {
    const runs = brokenAt(draft, rule).filter(canAppend);
    return (rule === 'DL3009' ? doneWithLists(runs, draft) : runs).map((instruction) =>
      insert(instruction.body.end, joined(draft, commandFor(instruction))),
    );
  },
});

const dnfIn = (instruction: Instruction) => packagings(instruction, DNF, YUM_VERBS)[0]?.command.program ?? 'dnf';

export const PACKAGE_FIXES: readonly Fix[] = [
  {
    rules: ['DL3027'],
    edits: (draft) =>
      brokenAt(draft, 'DL3027')
        .flatMap(({ shell }) => shell.commands)
        .filter(
          ({ program, args }) =>
            program === 'apt' &&
            args.some(({ text }) => /^(?:update|install|upgrade|remove|purge|autoremove|clean)$/u.test(text)),
        )
        .map(({ name }) => insert(name.end, '-get')),
  },
  adding({ rule: 'DL3014', programs: APT, verbs: INSTALL, option: '-y', same: YES }),
  adding({ rule: 'DL3015', programs: APT, verbs: INSTALL, option: '--no-install-recommends' }),
  adding({ rule: 'DL3019', programs: APK, verbs: ADD, option: '--no-cache' }),
  adding({ rule: 'DL3030', programs: YUM, verbs: YUM_VERBS, option: '-y', same: YES }),
  adding({ rule: 'DL3038', programs: DNF, verbs: YUM_VERBS, option: '-y', same: YES }),
  adding({
    rule: 'DL3034',
    programs: ZYPPER,
    verbs: ZYPPER_VERBS,
    option: '-y',
    same: ['-n', '--non-interactive', '--no-confirm'],
  }),
  adding({ rule: 'DL3042', programs: PIP, verbs: INSTALL, option: '--no-cache-dir' }),
  appending('DL3009', () => 'rm -rf /var/lib/apt/lists/*'),
  appending('DL3032', () => 'yum clean all'),
  appending('DL3040', (instruction) => `${dnfIn(instruction)} clean all`),
  appending('DL3036', () => 'zypper clean --all'),
  appending('DL3060', () => 'yarn cache clean'),
  {
    rules: ['DL3046'],
    edits: (draft) =>
      brokenAt(draft, 'DL3046')
        .flatMap(({ shell }) => shell.commands)
        .filter((command) => command.program === 'useradd' && !hasAny(command, '-l', '--no-log-init'))
        .map(({ name }) => insert(name.end, ' -l')),
  },
];
