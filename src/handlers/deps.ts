import type { CommandSpec } from '../commands/language/define.ts';
import type { Config } from '../config.ts';
import type { Hosts } from '../docker/limits/hosts.ts';
import type { Limits } from '../docker/limits/limits.ts';
import type { Membership } from '../policy/people.ts';
import type { Redact } from '../policy/redact.ts';
import type { Tags } from '../registry/tags.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry.ts';
import type { Note } from './deploy/card/notes.ts';
import type { Runner } from './deployment-runner.ts';
import type { Live } from './live.ts';
import type { Request, Run } from './request.ts';

/** Everything a handler may use; each takes the few it needs. */
export interface Deps {
  readonly config: Config;
  readonly specs: readonly CommandSpec[];
  readonly hosts: Hosts;
  readonly limits: Limits;
  readonly store: Store;
  readonly tags: Tags;
  readonly live: Live;
  readonly redact: Redact;
  readonly people: PeopleReader;
  readonly board: Board;
  readonly runner: Runner;
  readonly log: Log;
  now(): number;
}

/** Messages that outlive a request: the cards of deploys, what is said in their threads, and direct messages. */
export interface Board {
  /** Posts a card for the first time. Throws a `UserError` when it cannot be. */
  post(id: string, place: { readonly channel: string; readonly thread?: string | undefined }): Promise<void>;
  /** A card's state changed: it is drawn again soon, and not more often than Slack takes; with `now`, at once. */
  changed(id: string, now?: boolean): void;
  /** Says something in a card's thread: resolves once that is stored, and Slack is waited for by nobody. Never rejects. */
  note(id: string, note: Note): Promise<void>;
  /** The same to one person in private, or in a channel that has no card. */
  tell(to: string, note: Note): Promise<void>;
}

/** Reads who is where. Never rejects. */
export interface PeopleReader {
  /** What cannot be read is in `unreadable`. */
  membership(person: string, groups: readonly string[]): Promise<Membership>;
  /** Everybody in a group of the config; undefined when it could not be read. */
  members(group: string): Promise<ReadonlySet<string> | undefined>;
  /** The channels a person is in, as far as the bot may know; undefined when Slack does not say. */
  channels(person: string): Promise<ReadonlySet<string> | undefined>;
}

/** A handler: plain data in, plain data out, no state of its own. */
export type Handler<Args, Result, Progress = never> = (
  request: Request<Args>,
  deps: Deps,
  run: Run<Progress>,
) => Promise<Result>;
