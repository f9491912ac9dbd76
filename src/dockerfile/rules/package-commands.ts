import type { Instruction } from '../model.ts';
import { type Command, hasOption, positionals } from '../shell/commands.ts';
import type { Word } from '../shell/tokens.ts';

/** The options of package managers whose value is the next word. */
const TAKING: Readonly<Record<string, readonly string[]>> = {
  'apt-get': ['-o', '-t', '-c', '--target-release', '--option', '--config-file'],
  apk: ['-t', '--virtual', '-X', '--repository', '-p', '--root', '--arch', '--keys-dir', '--repositories-file'],
  npm: ['--prefix', '--registry', '-w', '--workspace', '--cache', '--userconfig', '--loglevel'],
  gem: ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source'],
  yum: ['-c', '--enablerepo', '--disablerepo', '--installroot', '--releasever', '-x', '--exclude', '--setopt'],
  zypper: ['-r', '--repo', '-t', '--type', '--from'],
  go: ['-ldflags', '-tags', '-o', '-mod', '-gcflags', '-asmflags'],
  pip: [
    ...['-r', '--requirement', '-c', '--constraint', '-e', '--editable', '-i', '--index-url', '--extra-index-url'],
    ...['-f', '--find-links', '-t', '--target', '--prefix', '--root', '--trusted-host', '--platform', '--proxy'],
    ...['--python-version', '--timeout', '--retries', '--progress-bar', '--cache-dir', '--log', '--src', '--abi'],
  ],
};

/** A package manager at work, and what it is given. */
export interface Packaging {
  readonly command: Command;
  /** The word for what it does, such as `install`. */
  readonly verb: Word;
  readonly names: readonly Word[];
}

const kindOf = (program: string) =>
  /^pip[\d.]*$/u.test(program)
    ? 'pip'
    : program === 'apt'
      ? 'apt-get'
      : ['dnf', 'microdnf', 'tdnf'].includes(program)
        ? 'yum'
        : program;

/** What `command` does as a package manager; undefined when it is none, or is told nothing. */
export function packagingOf(command: Command): Packaging | undefined {
  const { program, args } = command;
  // `python -m pip install`.
  if (/^python[\d.]*$/u.test(program) && args[0]?.text === '-m' && args[1]?.text === 'pip') {
    const [, pip, ...rest] = args;
    return pip && packagingOf({ ...command, program: 'pip', name: pip, args: rest });
  }
  const taking = TAKING[kindOf(program)];
  if (!taking) return undefined;
  const [verb, ...names] = positionals(command, taking);
  return verb && { command, verb, names };
}

/** The commands of an instruction by which one of these programs does one of these things. */
export function packagings(instruction: Instruction, programs: RegExp, verbs: RegExp): Packaging[] {
  return instruction.shell.commands.flatMap((command) => {
    const found = packagingOf(command);
    return found && programs.test(found.command.program) && verbs.test(found.verb.text) ? [found] : [];
  });
}

export const INSTALL = /^install$/u;
export const APT = /^apt(?:-get)?$/u;
export const APK = /^apk$/u;
export const PIP = /^pip[\d.]*$/u;
export const YUM = /^yum$/u;
export const DNF = /^(?:micro|t)?dnf$/u;
export const ZYPPER = /^zypper$/u;
export const ADD = /^add$/u;
export const YUM_VERBS = /^(?:install|groupinstall|localinstall|update|upgrade|reinstall)$/u;
export const ZYPPER_VERBS = /^(?:install|in|remove|rm|source-install|si|patch|update|up|dist-upgrade|dup)$/u;

/** Files of the build and words that a shell puts in are not judged by their spelling. */
export const isName = ({ text, isExpanded }: Word): boolean =>
  !isExpanded && !/^[./]|\/$|:\/\/|\.(?:deb|rpm|apk|whl|gem|tgz|tar\.gz|zip)$/iu.test(text);

export const hasAny = (command: Command, ...options: readonly string[]): boolean => hasOption(command, ...options);
