import type { Command } from '../shell/commands.ts';
import { positionals } from '../shell/commands.ts';
import { packagingOf } from './package-commands.ts';

/** A command that downloads what a project declares in files of its own. */
export interface Install {
  /** As it is said: `npm ci`. */
  readonly name: string;
  readonly ecosystem: string;
  /** The files to copy before it, a pattern where one may be missing; undefined where only people know them. */
  readonly files: readonly string[] | undefined;
  /** What to do where the files alone are not enough. */
  readonly advice?: string;
}

interface Known {
  readonly programs: RegExp;
  /** The words behind the program; an empty text where it is given none. */
  readonly verbs: RegExp;
  readonly ecosystem: string;
  readonly files?: readonly string[];
  readonly advice?: string;
}

const NPM = ['package.json', 'package-lock.json*', 'npm-shrinkwrap.json*'];

const KNOWN: readonly Known[] = [
  { programs: /^npm$/u, verbs: /^(?:ci|install|i|clean-install)$/u, ecosystem: 'node', files: NPM },
  { programs: /^yarn$/u, verbs: /^(?:install)?$/u, ecosystem: 'node', files: ['package.json', 'yarn.lock*'] },
  {
    programs: /^pnpm$/u,
    verbs: /^(?:install|i)$/u,
    ecosystem: 'node',
    files: ['package.json', 'pnpm-lock.yaml*', 'pnpm-workspace.yaml*'],
  },
  { programs: /^bun$/u, verbs: /^(?:install|i)$/u, ecosystem: 'node', files: ['package.json', 'bun.lock*'] },
  {
    programs: /^poetry$/u,
    verbs: /^install$/u,
    ecosystem: 'python',
    advice: 'Copy pyproject.toml and poetry.lock, run `poetry install --no-root`',
  },
  { programs: /^pipenv$/u, verbs: /^(?:install|sync)$/u, ecosystem: 'python', files: ['Pipfile', 'Pipfile.lock*'] },
  {
    programs: /^uv$/u,
    verbs: /^sync$/u,
    ecosystem: 'python',
    advice: 'Copy pyproject.toml and uv.lock, run `uv sync --no-install-project`',
  },
  { programs: /^go$/u, verbs: /^mod download$/u, ecosystem: 'go', files: ['go.mod', 'go.sum*'] },
  {
    programs: /^go$/u,
    verbs: /^(?:build|install|test)\b/u,
    ecosystem: 'go',
    advice: 'Copy go.mod and go.sum, run `go mod download`',
  },
  {
    programs: /^cargo$/u,
    verbs: /^(?:build|install|test)\b/u,
    ecosystem: 'rust',
    advice: 'Build the dependencies first, with cargo-chef or an empty main.rs',
  },
  {
    programs: /^mvnw?$/u,
    verbs: /\b(?:package|install|verify|compile|deploy)\b/u,
    ecosystem: 'maven',
    advice: 'Copy pom.xml, run `mvn -B dependency:go-offline`',
  },
  {
    programs: /^gradlew?$/u,
    verbs: /\b(?:build|assemble|bootJar|jar|installDist|shadowJar)\b/u,
    ecosystem: 'gradle',
    advice: 'Copy the build and settings files, run `gradle dependencies`',
  },
  {
    programs: /^composer(?:\.phar)?$/u,
    verbs: /^install$/u,
    ecosystem: 'php',
    advice: 'Copy composer.json and composer.lock, run `composer install --no-scripts --no-autoloader`',
  },
  {
    programs: /^dotnet$/u,
    verbs: /^(?:restore|publish|build)\b/u,
    ecosystem: 'dotnet',
    advice: 'Copy the project files, run `dotnet restore`',
  },
  { programs: /^bundle$/u, verbs: /^install$/u, ecosystem: 'ruby', files: ['Gemfile', 'Gemfile.lock*'] },
];

/** What downloads a project's dependencies without its code. */
const FETCHES: readonly Known[] = [
  { programs: /^cargo$/u, verbs: /^(?:fetch|chef)\b/u, ecosystem: 'rust' },
  { programs: /^mvnw?$/u, verbs: /dependency:/u, ecosystem: 'maven' },
  { programs: /^gradlew?$/u, verbs: /\bdependencies\b/u, ecosystem: 'gradle' },
];

function knownIn(table: readonly Known[], command: Command): Known | undefined {
  const words = positionals(command)
    .slice(0, 6)
    .map(({ text }) => text)
    .join(' ');
  return table.find(({ programs, verbs }) => programs.test(command.program) && verbs.test(words));
}

/** What a command installs of its project's dependencies; undefined when it does not. */
export function installOf(command: Command): Install | undefined {
  const pip = packagingOf(command);
  if (pip && /^pip/u.test(pip.command.program)) return pip.verb.text === 'install' ? ofPip(pip.command) : undefined;
  const known = knownIn(KNOWN, command);
  if (!known) return undefined;
  const name = [
    command.program,
    ...positionals(command)
      .slice(0, 2)
      .map(({ text }) => text),
  ]
    .join(' ')
    .slice(0, 60);
  return {
    name,
    ecosystem: known.ecosystem,
    files: known.files,
    ...(known.advice === undefined ? {} : { advice: known.advice }),
  };
}

/** Whether a command only downloads the dependencies of an ecosystem. */
export const fetches = (command: Command, ecosystem: string): boolean =>
  knownIn(FETCHES, command)?.ecosystem === ecosystem;

function ofPip({ args }: Command): Install | undefined {
  const files = args.flatMap(({ text }, at) => {
    const before = args[at - 1]?.text ?? '';
    if (/^--requirement=|^-r./u.test(text)) return [text.replace(/^--requirement=|^-r/u, '')];
    return before === '-r' || before === '--requirement' || before === '-c' || before === '--constraint' ? [text] : [];
  });
  const isLocal = args.some(
    ({ text }) => text === '.' || text.startsWith('.[') || text === '-e' || text === '--editable',
  );
  if (isLocal)
    return {
      name: 'pip install .',
      ecosystem: 'python',
      files: undefined,
      advice: 'Copy the file with the requirements, install from it',
    };
  if (files.length === 0) return undefined;
  return {
    name: `pip install -r ${files[0]}`.slice(0, 60),
    ecosystem: 'python',
    files: files.every((file) => /^[\w./-]+$/u.test(file) && !file.startsWith('/')) ? files : undefined,
  };
}
