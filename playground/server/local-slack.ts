import type { Click, Submission } from './clicking.ts';
import type { Clock } from './clock.ts';
import type { Channel, Person, UserGroup } from './defaults.ts';
import type { Delivered } from './delivery.ts';
import type { Option } from './elements.ts';
import type { Faults } from './faults.ts';
import type { LoggedRequest } from './logged-request.ts';
import type { PageOptions } from './page/index.ts';
import type { Change, Message } from './state.ts';
import type { Suggestion } from './suggesting.ts';
import type { Tokens } from './tokens.ts';
import type { Edit, Typed, TypedResult } from './typing.ts';
import type { View } from './views.ts';

export interface SlackOptions {
  readonly port?: number;
  readonly people?: readonly Person[];
  readonly channels?: readonly Channel[];
  readonly userGroups?: readonly UserGroup[];
  /** The installed slash commands, with the slash; by default every name is valid. */
  readonly commands?: readonly string[];
  /** The scopes of the bot token. */
  readonly scopes?: readonly string[];
  /** Whether rate limits apply; true by default. */
  readonly rateLimits?: boolean;
  readonly clock?: Clock;
  /** Serves a page for people at `/`; none by default. */
  readonly page?: PageOptions;
}

export interface LocalSlack {
  readonly url: string;
  /** The value for a client's `slackApiUrl`. */
  readonly apiUrl: string;
  /** Tokens, new at each start. */
  readonly tokens: Tokens;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly faults: Faults;
  /** All calls of the app, including failed ones. */
  readonly requests: readonly LoggedRequest[];
  /** Delivers payloads to this URL, signed, from now on; over Socket Mode when undefined. */
  setRequestUrl(url: string | undefined): void;
  setUserGroup(id: string, users: readonly string[]): void;
  /** Resolves when the app has an open Socket Mode connection. */
  connected(): Promise<void>;
  connections(): number;
  /** Asks the app to reconnect, as Slack does; the reason is `refresh_requested` by default. */
  disconnect(reason?: string): void;
  /** Sends this over Socket Mode as it is, whatever it is. */
  frame(data: string | Buffer): void;
  /** Resolves when the app has acknowledged or failed to. Rejects what Slack would not let the person do. */
  type(typed: Typed): Promise<TypedResult>;
  /** Edits a message of the person. Resolves as `type` does. */
  edit(edit: Edit): Promise<TypedResult>;
  /** Presses a button, or chooses from a select or a menu. */
  click(click: Click): Promise<Delivered>;
  /** Types into an external select. Resolves to the options that the app offers. */
  suggest(suggestion: Suggestion): Promise<readonly Option[]>;
  submitView(submission: Submission): Promise<Delivered>;
  closeView(which: { readonly person: string; readonly all?: boolean }): Promise<Delivered>;
  openHome(whose: { readonly person: string }): Promise<Delivered>;
  /** The topmost modal of a person. */
  view(whose: { readonly person: string }): View | undefined;
  home(whose: { readonly person: string }): View | undefined;
  /** The messages that a person sees in a channel, oldest first. */
  messages(where: { readonly channel: string; readonly as: string }): Message[];
  /**
   * Resolves to the first message that fits, existing or new; among all messages, or among those a person sees in a
   * channel.
   */
  waitFor(fits: (message: Message) => boolean, options?: WaitOptions): Promise<Message>;
  /** Subscribes to changes. Returns a function that unsubscribes. */
  on(event: 'change', listener: (change: Change) => void): () => void;
  stop(): Promise<void>;
}

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly channel?: string;
  readonly as?: string;
}
