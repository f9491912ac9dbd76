import { parse } from 'yaml';
import { SPECS } from '../../src/commands/index.ts';
import { manifest } from '../../src/slack/manifest.ts';

export const TEAM = 'T0FAIRLEAD';
export const APP = 'A0FAIRLEAD';
export const BOT_USER = 'U0FAIRLEAD';
export const BOT_NAME = 'fairlead';
export const BOT_ID = 'B0FAIRLEAD';
export const SLACKBOT = 'USLACKBOT';
/** The verification token: deprecated by Slack, but still in every payload. */
export const VERIFICATION_TOKEN = 'local-verification-token';

/** The scopes that the manifest requests under `bot`. Slack grants none that is only under `bot_optional`. */
export const SCOPES: readonly string[] = scopesOf(manifest(SPECS, { prefix: '' }));

function scopesOf(text: string): readonly string[] {
  const { oauth_config } = parse(text) as { oauth_config: { scopes: { bot: readonly string[] } } };
  return oauth_config.scopes.bot;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title?: string;
  /** The person's workspace, if it is another one that channels are shared with. */
  readonly team?: string;
  /** The organization of that workspace. */
  readonly enterprise?: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  /** Only members can see a private channel. */
  readonly private?: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly users: readonly string[];
}

export const PEOPLE: readonly Person[] = [
  { id: 'U0DEV1', name: 'dana', title: 'developer' },
  { id: 'U0OPS1', name: 'oli', title: 'on-call' },
  { id: 'U0VIEW1', name: 'vera', title: 'viewer' },
  { id: 'U0OUT1', name: 'otto', title: 'outsider' },
];

const everybody = PEOPLE.map((person) => person.id);

/** The default channels. The bot is not a member of #random. */
export const CHANNELS: readonly Channel[] = [
  { id: 'C0STAGING', name: 'staging', members: [...everybody, BOT_USER] },
  { id: 'C0PROD', name: 'prod', members: [...everybody, BOT_USER] },
  { id: 'C0RANDOM', name: 'random', members: everybody },
];

export const USER_GROUPS: readonly UserGroup[] = [
  { id: 'S0ONCALL', name: 'On call', handle: 'oncall', users: ['U0OPS1'] },
];
