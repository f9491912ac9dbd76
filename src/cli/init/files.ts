import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { type CommandName, SPECS } from '../../commands/index.ts';
import { manifest } from '../../slack/manifest.ts';
import type { Answers, NamedHost } from './answers.ts';

const LOOKS = ['why', 'stats', 'inspect', 'top', 'port', 'diff', 'df', 'events', 'status'] as const;
const LOOKS_AT_IMAGES = ['search', 'tags', 'slim', 'lint', 'registries', 'login-check'] as const;
const VIEWER = [
  'images',
  'ps',
  'logs',
  ...LOOKS,
  ...LOOKS_AT_IMAGES,
  'locks',
  'history',
  'deployments',
] as const satisfies readonly CommandName[];
const RELEASER = ['deploy', 'rollback', 'lock', 'unlock', 'ask'] as const satisfies readonly CommandName[];
const OPERATOR = ['pull', 'prune'] as const satisfies readonly CommandName[];

/** One variable of `.env`, and where its value is found. */
export interface Secret {
  readonly name: string;
  readonly from: string;
  /** What it is when nobody has to fill it in. */
  readonly value?: string;
}

/** What Fairlead signs its records with: made once, and kept. */
export function recordKey(): Secret {
  return {
    name: 'FAIRLEAD_RECORD_KEY',
    from: 'Made by "fairlead init": approvals, deployments and the audit log are signed with it. Keep it, away from the database',
    value: randomBytes(32).toString('hex'),
  };
}

export function secretsOf({ url, registry }: Answers): Secret[] {
  return [
    { name: 'SLACK_BOT_TOKEN', from: 'OAuth & Permissions > Bot User OAuth Token (xoxb-…)' },
    url === undefined
      ? {
          name: 'SLACK_APP_TOKEN',
          from: 'Basic Information > App-Level Tokens > Generate, with the scope connections:write (xapp-…)',
        }
      : { name: 'SLACK_SIGNING_SECRET', from: 'Basic Information > App Credentials > Signing Secret' },
    ...(registry ? [{ name: 'REGISTRY_PASSWORD', from: `of ${registry.username} at ${registry.registry}` }] : []),
  ];
}

/** As the config says it. */
const fromEnvironment = (name: string): string => `\${${name}}`;

/** Least privilege: everyone in a channel may read; in production every change needs approval from on-call. */
export function configOf({ team, staging, production, registry }: Answers): string {
  const parts = [
    part('Made by "fairlead init". What is not granted here is refused. fairlead.example.yml shows every option.', {
      slack: { team },
    }),
    part('Labels are what "hosts:" below and @host in a command select by.', {
      hosts: Object.fromEntries([...hosts('staging', staging?.hosts), ...hosts('prod', production?.hosts)]),
    }),
    ...(registry
      ? [
          part('The password is in .env.', {
            registries: {
              [registry.registry]: { username: registry.username, password: fromEnvironment('REGISTRY_PASSWORD') },
            },
          }),
        ]
      : []),
    part('What may be pulled and deployed; ** is any number of parts.', {
      images: { allow: [registry ? `${registry.registry}/**` : 'docker.io/**'], requireTag: true },
    }),
    ...(production ? [part(undefined, { groups: { oncall: production.oncall } })] : []),
    part(undefined, {
      roles: {
        viewer: { commands: [...VIEWER] },
        releaser: { extends: ['viewer'], commands: [...RELEASER] },
        operator: { extends: ['releaser'], commands: [...OPERATOR] },
        ...(production ? { auditor: { commands: ['audit'] } } : {}),
      },
    }),
    part('A grant without "to" is for everybody in the channel; "to: [group]" narrows it.', {
      channels: {
        ...(staging
          ? { [staging.channel]: { name: 'staging', grants: [{ role: 'operator', hosts: 'env=staging' }] } }
          : {}),
        ...(production ? { [production.channel]: { name: 'prod', grants: inProduction() } } : {}),
      },
    }),
    ...(production
      ? [
          part('A person cannot approve their own request.', {
            approvals: [{ commands: ['deploy', 'rollback', 'prune'], hosts: 'env=prod', from: ['oncall'] }],
          }),
        ]
      : []),
  ];
  return parts.join('\n');
}

function inProduction(): object[] {
  return [
    { role: 'releaser', hosts: 'env=prod' },
    { role: 'operator', to: ['oncall'], hosts: 'env=prod' },
    { role: 'auditor', to: ['oncall'], hosts: 'all' },
  ];
}

function hosts(env: string, named: readonly NamedHost[] = []): [string, object][] {
  return named.map(({ name, host }) => [name, { ...host, labels: { env } }]);
}

function part(comment: string | undefined, value: object): string {
  return `${comment === undefined ? '' : `# ${comment}\n`}${stringify(value, { lineWidth: 0 })}`;
}

export function manifestOf({ url }: Answers): string {
  return manifest(SPECS, { prefix: '', ...(url === undefined ? {} : { url }) });
}

/** Opens Slack's form for a new app, filled in. */
export function appLink(text: string): string {
  return `https://api.slack.com/apps?new_app=1&manifest_yaml=${encodeURIComponent(text)}`;
}
