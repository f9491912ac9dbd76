import { asText } from '../domain/phrase.ts';
import 'dotenv/config';
import { UserError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { version } from '../version.ts';
import { usage, usageOf } from './usage.ts';

type Command = (args: readonly string[]) => Promise<number>;

/** Loads a command's modules when it is the one that was asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init/index.ts')).initCommand,
  start: async () => (await import('./start.ts')).startCommand,
  check: async () => (await import('./check/index.ts')).checkCommand,
  run: async () => (await import('./run.ts')).runCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  totp: async () => (await import('./totp.ts')).totpCommand,
  manifest: async () => (await import('./generate.ts')).manifestCommand,
  schema: async () => (await import('./generate.ts')).schemaCommand,
  'trusted-root': async () => (await import('./trusted-root.ts')).trustedRootCommand,
  playground: async () => (await import('./playground.ts')).playgroundCommand,
};

/** Resolves to the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...args] = argv;
  if (/^(?:-V|-v|--version|version)$/u.test(name)) return say(`fairlead ${version()}\n`);
  if (/^(?:-h|--help|help)$/u.test(name)) return help(args[0]);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) return unknown(name, argv);
  // The playground's help is its own: it is passed on.
  if (name !== 'playground' && asksForHelp(args)) return help(name);
  if (TAKES_NOTHING.has(name) && args.length > 0)
    return misused(`fairlead ${name} takes no "${args.join(' ')}".`, name);
  try {
    const command = await load();
    return await command(args);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('ERR_PARSE_ARGS')) {
      return misused(`fairlead ${name}: ${message}`, name);
    }
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `${asText(error.hint)}\n`}`);
    return 1;
  }
}

const TAKES_NOTHING: ReadonlySet<string> = new Set(['check', 'trusted-root']);

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  return own.includes('--help') || own.includes('-h') || (own.length === 1 && own[0] === 'help');
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function help(name: string | undefined): Promise<number> {
  const one = name === undefined ? usage() : usageOf(name);
  return one === undefined ? unknown(`${name}`, []) : say(one);
}

function misused(what: string, name: string): number {
  process.stderr.write(`${what}\n\n${usageOf(name) ?? usage()}`);
  return 2;
}

/** `fairlead ps` is a command of Slack: those are run with `run`. */
async function unknown(name: string, argv: readonly string[]): Promise<number> {
  const { SPECS } = await import('../commands/index.ts');
  const near = nearest(name, Object.keys(COMMANDS));
  const slash = SPECS.some((spec) => spec.name === name.replace(/^\//u, ''));
  const tip = slash
    ? ` In Slack it is a command; here: fairlead run '/${argv.join(' ').replace(/^\//u, '')}' --as <user> --in <channel>`
    : near === undefined
      ? ''
      : ` Did you mean "fairlead ${near}"?`;
  process.stderr.write(`fairlead: there is no "${name}".${tip}\n\n${usage()}`);
  return 2;
}
