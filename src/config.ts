import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseDuration } from './commands/duration.ts';
import { SPECS } from './commands/index.ts';
import { nearest } from './commands/nearest.ts';
import { HOST_NAME, Selector } from './commands/selector.ts';
import { messageOf, UserError } from './errors.ts';

const ChannelId = z.string().regex(/^[CGD][A-Z0-9]{5,}$/u, 'must be a channel id like C0123ABCD (not a name)');
const PersonId = z.string().regex(/^[UW][A-Z0-9]{3,}$/u, 'must be a person id like U0123ABCD');
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/u, 'must be lower case letters, digits and hyphens');
const HostName = z.string().regex(HOST_NAME, 'must be lower case letters, digits, dots and hyphens');
const Label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/u, 'must be letters, digits, _, . and -');
const DurationText = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'must be a duration like 30s, 10m or 2h');
const CommandName = z.enum(SPECS.filter((spec) => spec.access === 'granted').map((spec) => spec.name));

const Host = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^(?:unix:\/\/\/.+|tcp:\/\/.+:\d+|ssh:\/\/[^@/]+@.+)$/u,
        'must be unix:///path, tcp://host:port or ssh://user@host',
      )
      .meta({
        description: 'Where the engine is: unix:///path, tcp://host:port or ssh://user@host[:port][/path/of/the.sock]',
      }),
    tls: z
      .strictObject({ ca: z.string(), cert: z.string(), key: z.string() })
      .optional()
      .meta({ description: 'Files for tcp://, relative to this file' }),
    knownHosts: z
      .string()
      .optional()
      .meta({ description: 'File with the pinned key of an ssh:// host; without it the host is refused' }),
    identity: z.string().optional().meta({ description: 'Private key file for ssh://; default: the SSH agent' }),
    insecure: z
      .literal(true)
      .optional()
      .meta({ description: 'Allow tcp:// without TLS: whoever reaches that port is root on the host' }),
    labels: z.record(Label, Label).default({}).meta({ description: 'What selectors match: { env: prod }' }),
  })
  .superRefine((host, context) => {
    const issue = (message: string) => context.addIssue({ code: 'custom', path: ['url'], message });
    if (host.url.startsWith('ssh://') && host.knownHosts === undefined)
      issue('an ssh host needs knownHosts: the file its key is pinned in');
    if (host.url.startsWith('tcp://') && !host.tls && !host.insecure) issue('a tcp host needs tls (ca, cert, key)');
    if (!host.url.startsWith('tcp://') && host.tls) issue('tls belongs to tcp:// hosts');
  });

const Registry = z.strictObject({
  username: z.string().meta({ description: 'A read-only robot account' }),
  password: z.string().meta({ description: 'Name a variable of the environment; never the password itself' }),
});

const Group = z
  .strictObject({
    usergroup: z
      .string()
      .regex(/^S[A-Z0-9]{3,}$/u, 'must be a Slack user group id like S0123ABCD')
      .optional()
      .meta({ description: 'Read live from Slack; when Slack does not answer, nobody is in it' }),
    people: z.array(PersonId).default([]).meta({ description: 'Always in it' }),
  })
  .refine((group) => group.usergroup !== undefined || group.people.length > 0, 'needs a usergroup or people');

const Role = z.strictObject({
  commands: z.array(CommandName).default([]),
  extends: z.array(Name).default([]).meta({ description: 'Roles whose commands it has too' }),
});

const Grant = z.strictObject({
  role: Name,
  to: z.array(Name).min(1).optional().meta({ description: 'Only these groups; without it everybody in the channel' }),
  hosts: Selector.meta({ description: 'A selector: host name, label=value or all; several joined by commas' }),
});

const Approval = z.strictObject({
  commands: z.array(z.enum(['prune'])).min(1),
  hosts: Selector,
  from: z.array(Name).min(1).meta({ description: 'Groups whose members may say yes, except whoever asked' }),
  expires: DurationText.default('30m'),
});

export const ConfigFile = z
  .strictObject({
    slack: z.strictObject({
      team: z
        .string()
        .regex(/^[TE][A-Z0-9]{3,}$/u, 'must be a workspace id like T0123ABCD')
        .meta({ description: 'The workspace served; others are refused' }),
      app: z
        .string()
        .regex(/^A[A-Z0-9]{3,}$/u, 'must be an app id like A0123ABCD')
        .optional()
        .meta({ description: 'The app id; requests for another app are refused' }),
      prefix: z
        .string()
        .regex(/^[a-z0-9-]{1,12}$/u, 'must be lower case letters, digits and hyphens')
        .default('')
        .meta({ description: 'Put before every slash command but /dock: "d-" gives /d-images' }),
      inlineBudget: DurationText.default('1.5s').meta({
        description: 'A read that is done by then is answered in one round trip; Slack waits 3 s at most',
      }),
    }),
    hosts: z.record(HostName, Host).refine((hosts) => Object.keys(hosts).length > 0, 'needs at least one host'),
    registries: z.record(z.string(), Registry).default({}),
    images: z
      .strictObject({
        allow: z
          .array(z.string())
          .default(['**'])
          .meta({ description: 'Patterns over registry/repository; * is one part, ** any number' }),
        requireTag: z.boolean().default(false).meta({ description: 'Refuse an implied :latest instead of warning' }),
      })
      .prefault({}),
    groups: z.record(Name, Group).default({}),
    roles: z.record(Name, Role).default({}),
    channels: z
      .record(ChannelId, z.strictObject({ name: z.string().optional(), grants: z.array(Grant).default([]) }))
      .default({}),
    approvals: z.array(Approval).default([]),
    budget: z
      .strictObject({
        commands: z.int().min(1).max(10_000).default(30),
        per: DurationText.default('1m'),
      })
      .prefault({})
      .meta({ description: 'How many commands one person may give' }),
  })
  .superRefine((file, context) => {
    const missing = (path: (string | number)[], kind: string, name: string, known: object) => {
      const near = nearest(name, Object.keys(known));
      context.addIssue({
        code: 'custom',
        path,
        message: `there is no ${kind} "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      });
    };
    for (const [name, role] of Object.entries(file.roles)) {
      for (const [index, parent] of role.extends.entries()) {
        if (!Object.hasOwn(file.roles, parent)) missing(['roles', name, 'extends', index], 'role', parent, file.roles);
      }
    }
    for (const [id, channel] of Object.entries(file.channels)) {
      for (const [index, grant] of channel.grants.entries()) {
        const path = ['channels', id, 'grants', index];
        if (!Object.hasOwn(file.roles, grant.role)) missing([...path, 'role'], 'role', grant.role, file.roles);
        for (const [at, group] of (grant.to ?? []).entries()) {
          if (!Object.hasOwn(file.groups, group)) missing([...path, 'to', at], 'group', group, file.groups);
        }
        checkHosts(file.hosts, grant.hosts, [...path, 'hosts'], missing);
      }
    }
    for (const [index, rule] of file.approvals.entries()) {
      for (const [at, group] of rule.from.entries()) {
        if (!Object.hasOwn(file.groups, group)) missing(['approvals', index, 'from', at], 'group', group, file.groups);
      }
      checkHosts(file.hosts, rule.hosts, ['approvals', index, 'hosts'], missing);
    }
  });

type Missing = (path: (string | number)[], kind: string, name: string, known: object) => void;

function checkHosts(hosts: object, selector: Selector, path: (string | number)[], missing: Missing): void {
  for (const term of selector.terms) {
    if (term.kind === 'host' && !Object.hasOwn(hosts, term.name)) missing(path, 'host', term.name, hosts);
  }
}

export type ConfigFile = z.infer<typeof ConfigFile>;
export type HostConfig = ConfigFile['hosts'][string];
export type GrantConfig = z.infer<typeof Grant>;
export type ApprovalRule = z.infer<typeof Approval>;

/** The config file, validated, with records as maps so that no typed text can reach a prototype. */
export interface Config {
  readonly slack: ConfigFile['slack'];
  readonly hosts: ReadonlyMap<string, HostConfig>;
  readonly registries: ReadonlyMap<string, { readonly username: string; readonly password: string }>;
  readonly images: ConfigFile['images'];
  readonly groups: ReadonlyMap<string, ConfigFile['groups'][string]>;
  /** Role name to every command it names, inherited ones too. */
  readonly roles: ReadonlyMap<string, ReadonlySet<string>>;
  readonly channels: ReadonlyMap<string, ConfigFile['channels'][string]>;
  readonly approvals: readonly ApprovalRule[];
  readonly budget: { readonly commands: number; readonly perMs: number };
  readonly inlineBudgetMs: number;
  /** The folder relative paths in the file start from. */
  readonly folder: string;
}

/** Reads and validates the file; throws a `UserError` whose text has one `file:line:column  path: what` line a mistake. */
export function loadConfig(path: string, env: Readonly<Record<string, string | undefined>>): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'not_configured',
      `${path} cannot be read: ${messageOf(error)}`,
      'Copy fairlead.example.yml to fairlead.yml, or set FAIRLEAD_CONFIG.',
    );
  }
  return parseConfig(text, path, env);
}

export function parseConfig(text: string, path: string, env: Readonly<Record<string, string | undefined>>): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const where = (keys: readonly PropertyKey[]): string => {
    for (let length = keys.length; length >= 0; length -= 1) {
      const node = document.getIn(keys.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (!node?.range) continue;
      const { line, col } = lines.linePos(node.range[0]);
      return `${path}:${line}:${col}`;
    }
    return `${path}:1:1`;
  };
  const fail = (problems: readonly string[]): never => {
    throw new UserError('not_configured', problems.join('\n'));
  };
  if (document.errors.length > 0) {
    fail(
      document.errors.map(
        (error) =>
          `${path}:${error.linePos?.[0].line ?? 1}:${error.linePos?.[0].col ?? 1}  ${error.message.split('\n')[0]}`,
      ),
    );
  }
  const unset: string[] = [];
  const value = expand(document.toJS(), env, [], (keys, name) =>
    unset.push(`${where(keys)}  ${keys.join('.')}: the environment has no ${name}`),
  );
  if (unset.length > 0) fail(unset);
  const result = ConfigFile.safeParse(value);
  if (!result.success)
    return fail(
      result.error.issues.map((issue) => `${where(issue.path)}  ${issue.path.join('.')}: ${issueText(issue)}`),
    );
  return shape(result.data, dirname(resolve(path)));
}

// Only whole `${NAME}` tokens are expanded; "robot$fairlead" is left alone.
function expand(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  keys: readonly PropertyKey[],
  onUnset: (keys: readonly PropertyKey[], name: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Z][A-Z0-9_]*)\}/gu, (_, name: string) => {
      const found = env[name];
      if (found === undefined || found === '') onUnset(keys, name);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, env, [...keys, index], onUnset));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expand(item, env, [...keys, key], onUnset)]),
  );
}

// For a bad key of a record zod says only "Invalid key in record"; the reason is one level down.
function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `there is no option ${issue.keys.map((key) => `"${key}"`).join(', ')} here`;
}

function shape(file: ConfigFile, folder: string): Config {
  return {
    slack: file.slack,
    hosts: new Map(Object.entries(file.hosts)),
    registries: new Map(Object.entries(file.registries)),
    images: file.images,
    groups: new Map(Object.entries(file.groups)),
    roles: new Map(Object.keys(file.roles).map((name) => [name, commandsOf(name, file.roles, new Set())])),
    channels: new Map(Object.entries(file.channels)),
    approvals: file.approvals,
    budget: { commands: file.budget.commands, perMs: parseDuration(file.budget.per) ?? 60_000 },
    inlineBudgetMs: Math.min(2500, parseDuration(file.slack.inlineBudget) ?? 1500),
    folder,
  };
}

// `seen` makes a circle of roles harmless: each is visited once.
function commandsOf(name: string, roles: ConfigFile['roles'], seen: Set<string>): Set<string> {
  if (seen.has(name)) return new Set();
  seen.add(name);
  const role = roles[name];
  return new Set([
    ...(role?.commands ?? []),
    ...(role?.extends ?? []).flatMap((parent) => [...commandsOf(parent, roles, seen)]),
  ]);
}

/** The JSON Schema editors use, as it is written to `fairlead.schema.json`. */
export function configSchema(): unknown {
  return z.toJSONSchema(ConfigFile, { io: 'input', unrepresentable: 'any' });
}

const Token = (prefix: string) => z.string().startsWith(prefix, `must start with ${prefix}`).optional();
export const Environment = z.object({
  SLACK_BOT_TOKEN: Token('xoxb-'),
  SLACK_APP_TOKEN: Token('xapp-'),
  SLACK_SIGNING_SECRET: z.string().min(8, 'is too short to be a signing secret').optional(),
  SLACK_API_URL: z.url('must be an address').optional(),
  FAIRLEAD_CONFIG: z.string().default('./fairlead.yml'),
  DATABASE_URL: z.string().default('file:./data/fairlead.db'),
  PORT: z.coerce.number('must be a port').int().min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** Throws a `UserError` that names the variable but never shows its value. */
export function loadEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(present);
  if (result.success) return result.data;
  throw new UserError(
    'not_configured',
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'),
  );
}
