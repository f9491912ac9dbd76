interface Usage {
  readonly line: string;
  readonly about: string;
  /** What its options mean, where the line does not say it. */
  readonly more?: string;
}

/** How each command is used, in the order help shows them. */
const USAGES: Readonly<Record<string, Usage>> = {
  init: {
    line: '[--team …] [--staging-host name=address] …',
    about: 'write fairlead.yml, .env and manifest.yml; asks for what is not given',
    more: `  --team <T…>                      the Slack workspace
  --url <https://…>                where Slack reaches the bot; Socket Mode without it
  --staging-host <name=address>    a host of staging, such as web-1=ssh://deploy@10.0.0.12; may be repeated
  --staging-channel <C…>           the channel staging is run from
  --prod-host <name=address>       a host of production; may be repeated
  --prod-channel <C…>              the channel production is run from
  --oncall <S…|U…,U…>              who approves in production
  --registry <address>             a registry that needs a password
  --force                          overwrite fairlead.yml and manifest.yml; .env is always kept
`,
  },
  start: {
    line: '[--only receiver|worker]',
    about: 'the bot: Socket Mode with SLACK_APP_TOKEN, else signed HTTP on PORT',
  },
  check: { line: '', about: 'test config, Slack, hosts, registries and store, and say what to fix' },
  run: {
    line: "'<command line>' --as <user> --in <channel> [--json]",
    about: 'one command, as that person in that channel',
  },
  audit: {
    line: 'verify [--head N:HASH] | fairlead audit head',
    about: 'check every record, against a saved head | print the head',
  },
  backup: {
    line: '[--force] <file>',
    about: 'copy the database, also while the bot runs, and verify the copy',
  },
  restore: {
    line: '<file>',
    about: 'restore a backup into an empty database, SQLite or PostgreSQL',
  },
  totp: { line: 'remove <user>', about: 'forget the one-time code of somebody whose device is gone' },
  manifest: { line: '[--write] [--url <address>]', about: 'the Slack app manifest' },
  schema: { line: '[--write]', about: 'the JSON Schema of fairlead.yml' },
  'trusted-root': {
    line: '',
    about: "print today's trusted root of the public Sigstore, for trustedRoot in fairlead.yml",
  },
  playground: {
    line: '[--keep] [--reset] [--port <number>]',
    about: 'the demo: a real bot and engine, a local Slack in the browser',
  },
};
const WIDTH = 55;

function lineOf(name: string, { line, about }: Usage): string {
  const typed = `fairlead ${name} ${line}`.trimEnd();
  return `${typed.padEnd(WIDTH - 3)}   ${about}\n`;
}

/** One line a command. */
export function usage(): string {
  const own = `${'fairlead --version | fairlead help <command>'.padEnd(WIDTH)}which version this is | how a command is used\n`;
  return `${Object.entries(USAGES)
    .map(([name, one]) => lineOf(name, one))
    .join('')}${own}`;
}

/** How one command is used; undefined when there is none of that name. */
export function usageOf(name: string): string | undefined {
  const one = Object.hasOwn(USAGES, name) ? USAGES[name] : undefined;
  return one && `fairlead ${name} ${one.line}`.trimEnd().concat(`\n  ${one.about}\n${one.more ? `\n${one.more}` : ''}`);
}
