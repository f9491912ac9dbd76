import { hasCacheMount } from '../model.ts';
import type { Command } from '../shell/commands.ts';
import {
  ADD,
  APK,
  APT,
  DNF,
  hasAny,
  INSTALL,
  isName,
  type Packaging,
  packagings,
  YUM,
  YUM_VERBS,
  ZYPPER,
  ZYPPER_VERBS,
} from './package-commands.ts';
import { ofInstructions, type Placed, type Rule } from './rule.ts';

const RUN = ['RUN'];

interface Manager {
  readonly programs: RegExp;
  readonly verbs: RegExp;
}

const some = ({ instruction }: Placed, { programs, verbs }: Manager, test: (found: Packaging) => boolean) =>
  packagings(instruction, programs, verbs).some(test);

const unpinned = (id: string, manager: Manager, how: string, isPinned: RegExp): Rule =>
  ofInstructions({
    id,
    severity: 'warning',
    on: RUN,
    says: `Packages without a version: pin them, ${how}, so that a build gives the same tomorrow.`,
    isBroken: (placed) =>
      some(placed, manager, ({ names }) => names.some((name) => isName(name) && !isPinned.test(name.text))),
  });

const asking = (id: string, manager: Manager, options: readonly string[], say = '-y'): Rule =>
  ofInstructions({
    id,
    severity: 'warning',
    on: RUN,
    says: `It asks before it installs, and nobody answers in a build: add \`${say}\`.`,
    isBroken: (placed) => some(placed, manager, ({ command }) => !hasAny(command, ...options)),
  });

const APT_INSTALL: Manager = { programs: APT, verbs: INSTALL };
const APK_ADD: Manager = { programs: APK, verbs: ADD };
const YES = ['-y', '--yes', '--assumeyes', '--assume-yes'];

const removes = (commands: readonly Command[], folder: RegExp) =>
  commands.some(({ program, args }) => program === 'rm' && args.some(({ text }) => folder.test(text)));
const cleans = (commands: readonly Command[], programs: RegExp, verb: RegExp) =>
  commands.some(({ program, args }) => programs.test(program) && args.some(({ text }) => verb.test(text)));

const isKept = ({ stage, subject }: Placed) => stage !== undefined && subject.kept.has(stage);

function uncleaned(id: string, programs: RegExp, verbs: RegExp, folder: RegExp): Rule {
  return ofInstructions({
    id,
    severity: 'warning',
    on: RUN,
    says: 'The package cache stays in the layer: clean it in the same RUN, with `clean all`.',
    isBroken: (placed) =>
      isKept(placed) &&
      some(placed, { programs, verbs }, () => true) &&
      !cleans(placed.instruction.shell.commands, programs, /^clean$|^cc$/u) &&
      !removes(placed.instruction.shell.commands, folder) &&
      !hasCacheMount(placed.instruction, '/var/cache'),
  });
}

/** The package managers of distributions. */
export const PACKAGE_RULES: readonly Rule[] = [
  unpinned('DL3008', APT_INSTALL, '`name=version`', /=/u),
  unpinned('DL3018', APK_ADD, '`name=version`', /[=~<>@]/u),
  unpinned('DL3033', { programs: YUM, verbs: INSTALL }, '`name-version`', /-\d|^@/u),
  unpinned('DL3041', { programs: DNF, verbs: INSTALL }, '`name-version`', /-\d|^@/u),
  unpinned('DL3037', { programs: ZYPPER, verbs: /^(?:install|in)$/u }, '`name=version`', /[=<>]/u),
  asking('DL3014', APT_INSTALL, [...YES, '-q=2', '-qq']),
  asking('DL3030', { programs: YUM, verbs: YUM_VERBS }, YES),
  asking('DL3038', { programs: DNF, verbs: YUM_VERBS }, YES),
  asking('DL3034', { programs: ZYPPER, verbs: ZYPPER_VERBS }, ['-n', '--non-interactive', '-y', '--no-confirm']),
  uncleaned('DL3032', YUM, YUM_VERBS, /^\/var\/cache\/yum/u),
  uncleaned('DL3040', DNF, YUM_VERBS, /^\/var\/cache\/(?:dnf|libdnf5|yum)/u),
  uncleaned('DL3036', ZYPPER, ZYPPER_VERBS, /^\/var\/cache\/zypp/u),
  ofInstructions({
    id: 'DL3009',
    severity: 'info',
    on: RUN,
    says: 'The package lists stay in the layer: end the RUN with `&& rm -rf /var/lib/apt/lists/*`.',
    isBroken: (placed) =>
      isKept(placed) &&
      some(placed, { programs: APT, verbs: /^update$/u }, () => true) &&
      !removes(placed.instruction.shell.commands, /^\/var\/lib\/apt(?:\/lists)?(?:\/|$)/u) &&
      !hasCacheMount(placed.instruction, '/var/lib/apt'),
  }),
  ofInstructions({
    id: 'DL3015',
    severity: 'info',
    on: RUN,
    says: 'Recommended packages come along: add `--no-install-recommends`.',
    isBroken: (placed) =>
      some(
        placed,
        APT_INSTALL,
        ({ command }) =>
          !hasAny(command, '--no-install-recommends') &&
          !command.args.some(({ text }) => /^(?:-o)?APT::Install-Recommends=(?:0|false|no)$/iu.test(text)),
      ),
  }),
  ofInstructions({
    id: 'DL3019',
    severity: 'info',
    on: RUN,
    says: 'The package index stays in the layer: add `--no-cache`.',
    isBroken: (placed) =>
      !hasCacheMount(placed.instruction, '/apk') &&
      some(placed, APK_ADD, ({ command }) => !hasAny(command, '--no-cache')),
  }),
  ofInstructions({
    id: 'DL3027',
    severity: 'warning',
    on: RUN,
    says: '`apt` is made for people, and its options change: use `apt-get`, or `apt-cache`.',
    isBroken: ({ instruction }) => instruction.shell.commands.some(({ program }) => program === 'apt'),
  }),
  ofInstructions({
    id: 'DL3035',
    severity: 'warning',
    on: RUN,
    says: 'A distribution upgrade changes the base: take a newer base image instead.',
    isBroken: (placed) => some(placed, { programs: ZYPPER, verbs: /^(?:dist-upgrade|dup)$/u }, () => true),
  }),
  ofInstructions({
    id: 'FL1003',
    severity: 'warning',
    on: RUN,
    says: '`apt-get update` in a layer of its own is cached, and later installs use old lists: join it with the install.',
    isBroken: ({ instruction }) =>
      packagings(instruction, APT, /^update$/u).length > 0 &&
      packagings(instruction, APT, /^(?:install|upgrade|dist-upgrade|build-dep|satisfy)$/u).length === 0,
  }),
];
