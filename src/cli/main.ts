import 'dotenv/config';
import { UserError } from '../errors.ts';

const USAGE = `fairlead init [--team …] [--staging-host name=address] …   write fairlead.yml, .env and manifest.yml; asks for what is not given
fairlead start                                         the bot: Socket Mode with SLACK_APP_TOKEN, else signed HTTP on PORT
fairlead check                                         test config, Slack, hosts, registries and store, and say what to fix
fairlead run '<command line>' --as <user> --in <channel> [--json]   one command, as that person in that channel
fairlead audit verify [--head N:HASH] | fairlead audit head   check every record, against a saved head | print the head
fairlead backup [--force] <file>                       copy the database, also while the bot runs, and verify the copy
fairlead totp remove <user>                            forget the one-time code of somebody whose device is gone
fairlead manifest [--write] [--url <address>]          the Slack app manifest
fairlead schema [--write]                              the JSON Schema of fairlead.yml
fairlead playground                                    the demo: a real bot and engine, a local Slack (from a checkout)
`;

type Command = (args: readonly string[]) => Promise<number>;

/** Loads a command's modules when it is the one that was asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init/index.ts')).initCommand,
  start: async () => (await import('./start.ts')).startCommand,
  check: async () => (await import('./check/index.ts')).checkCommand,
  run: async () => (await import('./run.ts')).runCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  totp: async () => (await import('./totp.ts')).totpCommand,
  manifest: async () => (await import('./generate.ts')).manifestCommand,
  schema: async () => (await import('./generate.ts')).schemaCommand,
  playground: async () => (await import('./playground.ts')).playgroundCommand,
};

/** Resolves to the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...args] = argv;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const asked = name === 'help' || name === '--help' || name === '-h';
    (asked ? process.stdout : process.stderr).write(asked ? USAGE : `fairlead: there is no "${name}".\n\n${USAGE}`);
    return asked ? 0 : 2;
  }
  try {
    const command = await load();
    return await command(args);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`fairlead ${name}: ${message}\n\n${USAGE}`);
      return 2;
    }
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return 1;
  }
}
