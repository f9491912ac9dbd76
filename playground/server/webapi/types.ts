import type { BlockProblem } from '../../../src/slack/block-kit/limits.ts';
import type { Channel } from '../defaults.ts';
import { BOT_USER } from '../defaults.ts';
import type { State } from '../state.ts';
import type { Tokens } from '../tokens.ts';
import type { Triggers } from '../triggers.ts';
import type { Views } from '../views.ts';
import type { Fields, Outcome } from './fields.ts';

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content: string | undefined;
}

export interface Api {
  readonly state: State;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly scopes: ReadonlySet<string>;
  readonly tokens: Tokens;
  /** Uploads by the last part of their URL, which cannot be guessed. */
  readonly uploads: Map<string, Upload>;
  /** The address of this server. */
  url(): string;
  socketUrl(): string;
}

export type Method = (fields: Fields, api: Api) => Outcome;

export function refuse(error: string, more: object = {}): Outcome {
  return { ok: false, error, ...more };
}

export function refuseProblems(error: string, problems: readonly BlockProblem[]): Outcome {
  const messages = problems.map((problem) => `[ERROR] ${problem.message}`);
  return refuse(error, { errors: problems.map((problem) => problem.message), response_metadata: { messages } });
}

/** A channel that the bot may write to, or Slack's error. A person's id stands for the direct messages with them. */
export function writable(id: string, { state, scopes }: Api, people: boolean): Channel | string {
  const channel = people && /^[UW]/u.test(id) ? state.directWith(id) : state.channels.get(id);
  if (!channel) return 'channel_not_found';
  const open = scopes.has('chat:write.public') && id.startsWith('C');
  return channel.members.includes(BOT_USER) || open ? channel : 'not_in_channel';
}
