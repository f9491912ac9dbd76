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
  /** The slash commands that are installed, with the slash; every name is when left out. */
  readonly commands?: readonly string[];
  /** The scopes the bot token was granted. */
  readonly scopes?: readonly string[];
  /** On, unless this is false. */
  readonly rateLimits?: boolean;
  readonly clock?: Clock;
  /** A page for people at `/`; none when left out. */
  readonly page?: PageOptions;
}

export interface LocalSlack {
  readonly url: string;
  /** What a client's `slackApiUrl` should be. */
  readonly apiUrl: string;
  /** New ones for each start. */
  readonly tokens: Tokens;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly faults: Faults;
  /** Every call the app made, answered or not. */
  readonly requests: readonly LoggedRequest[];
  /** Payloads go there, signed, from now on; over Socket Mode again when undefined. */
  setRequestUrl(url: string | undefined): void;
  setUserGroup(id: string, users: readonly string[]): void;
  /** Resolves when the app has a Socket Mode connection open. */
  connected(): Promise<void>;
  connections(): number;
  /** Moves the app's connections away as Slack does; `refresh_requested` when no reason is given. */
  disconnect(reason?: string): void;
  /** Resolves when the app acknowledged, or failed to. Rejects for what Slack would not let the person do. */
  type(typed: Typed): Promise<TypedResult>;
  /** Edits what the person wrote. Resolves as `type` does. */
  edit(edit: Edit): Promise<TypedResult>;
  /** A press on a button, or a choice from a select or menu. */
  click(click: Click): Promise<Delivered>;
  /** What the app offers for a select it fills, once somebody typed into it. */
  suggest(suggestion: Suggestion): Promise<readonly Option[]>;
  submitView(submission: Submission): Promise<Delivered>;
  closeView(which: { readonly person: string; readonly all?: boolean }): Promise<Delivered>;
  openHome(whose: { readonly person: string }): Promise<Delivered>;
  /** A person's topmost modal. */
  view(whose: { readonly person: string }): View | undefined;
  home(whose: { readonly person: string }): View | undefined;
  /** What a person sees, oldest first. */
  messages(where: { readonly channel: string; readonly as: string }): Message[];
  /** The first message that fits, now or later; of all messages, or of those one person sees in a channel. */
  waitFor(fits: (message: Message) => boolean, options?: WaitOptions): Promise<Message>;
  /** Gives back a function that ends it. */
  on(event: 'change', listener: (change: Change) => void): () => void;
  stop(): Promise<void>;
}

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly channel?: string;
  readonly as?: string;
}
