import type { z } from 'zod';
import { Group } from '../../config/access.ts';
import { Host, HostName } from '../../config/hosts.ts';
import { ChannelId, PersonId, TeamId } from '../../config/words.ts';
import { UserError } from '../../domain/errors.ts';

/** What `init` has to know, in the config's own forms. */
export interface Answers {
  readonly team: string;
  /** Where Slack calls the bot; undefined for Socket Mode. */
  readonly url: string | undefined;
  readonly staging: Stage | undefined;
  readonly production: (Stage & { readonly oncall: z.input<typeof Group> }) | undefined;
  readonly registry: Account | undefined;
}

export interface Stage {
  readonly channel: string;
  readonly hosts: readonly NamedHost[];
}

export interface NamedHost {
  readonly name: string;
  readonly host: z.input<typeof Host>;
}

export interface Account {
  readonly registry: string;
  readonly username: string;
}

/** Something to ask for: by its flag, or at a terminal. */
export interface Question<T> {
  readonly flag: string;
  readonly words: string;
  readonly example: string;
  /** What an empty line stands for, where it is an answer. */
  readonly empty?: string;
  /** Throws a `UserError` that says what an answer looks like. */
  read(text: string): T;
}

export const TEAM: Question<string> = {
  flag: 'team',
  words: "The workspace's id. Slack in a browser shows it in the address: app.slack.com/client/T…",
  example: 'T0123ABCD',
  read: (text) => checked(TeamId, text, text),
};

export const URL_OF_BOT: Question<string> = {
  flag: 'url',
  words: 'The https address at which Slack can call this bot',
  empty: 'Socket Mode: the bot calls Slack, and nothing has to be reachable from outside',
  example: 'https://fairlead.example.com/slack/events',
  read(text) {
    if (!URL.canParse(text) || !text.startsWith('https://')) throw mistake(text, 'must be an https address');
    const url = new URL(text);
    // Bolt listens there, and nowhere else.
    if (url.pathname !== '/' && url.pathname !== '/slack/events') throw mistake(text, 'must end with /slack/events');
    return `${url.origin}/slack/events`;
  },
};

export const hostsOf = (flag: string, stage: string): Question<readonly NamedHost[]> => ({
  flag,
  words: `The Docker hosts of ${stage}, each as name=address, with spaces between. Addresses: unix:///var/run/docker.sock, ssh://user@host, tcp://host:2376 (with TLS)`,
  empty: 'none',
  example: `${flag.startsWith('prod') ? 'web-1=ssh://deploy@10.0.0.12' : 'staging-1=unix:///var/run/docker.sock'}`,
  read: (text) => words(text).map(readHost),
});

export const channelOf = (flag: string, stage: string): Question<string> => ({
  flag,
  words: `The id of the Slack channel for ${stage}. It is at the end of the channel's About tab`,
  example: 'C0123ABCD',
  read: (text) => checked(ChannelId, text, text),
});

export const ONCALL: Question<z.input<typeof Group>> = {
  flag: 'oncall',
  words:
    'Who is on call and approves changes in production: the id of a Slack user group (People > User groups > ⋯ > Copy group ID), or people (profile > ⋯ > Copy member ID)',
  example: 'S0ONCALL or U0ANNA,U0BEN',
  read(text) {
    const ids = words(text);
    const group = ids.filter((id) => id.startsWith('S'));
    if (group.length > 1) throw mistake(text, 'may name one user group only');
    const people = ids.filter((id) => !group.includes(id)).map((id) => checked(PersonId, id, id));
    const [usergroup] = group;
    const value = { ...(usergroup === undefined ? {} : { usergroup }), ...(people.length > 0 ? { people } : {}) };
    checked(Group, value, text);
    return value;
  },
};

export const REGISTRY: Question<Account> = {
  flag: 'registry',
  words: 'A private registry to pull from, as host=username of a read-only account',
  empty: 'none',
  example: 'harbor.example.com=robot$fairlead',
  read(text) {
    const [, registry, username] = /^([a-z0-9.-]+(?::\d+)?)=(\S+)$/u.exec(text) ?? [];
    if (registry === undefined || username === undefined) throw mistake(text, 'must be host=username');
    if (username.includes('${')) throw mistake(text, 'must have the username itself');
    return { registry, username };
  },
};

function readHost(text: string): NamedHost {
  const at = text.indexOf('=');
  if (at < 1) throw mistake(text, 'must be name=address');
  const [name, url] = [text.slice(0, at), text.slice(at + 1)];
  checked(HostName, name, text);
  const host = {
    url,
    ...(url.startsWith('ssh://') ? { knownHosts: 'certs/known_hosts' } : {}),
    ...(url.startsWith('tcp://')
      ? { tls: { ca: 'certs/ca.pem', cert: 'certs/client.pem', key: 'certs/client-key.pem' } }
      : {}),
  };
  checked(Host, host, text);
  return { name, host };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, text: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw mistake(text, result.error.issues[0]?.message ?? 'is not understood');
}

function mistake(text: string, what: string): UserError {
  return new UserError('bad_input', `"${text}" ${what}.`);
}

function words(text: string): string[] {
  return text.split(/[\s,]+/u).filter((word) => word !== '');
}
