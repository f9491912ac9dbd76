import type { CommandSpec } from '../commands/language/define.ts';
import type { Config } from '../config.ts';
import type { Hosts } from '../docker/limits/hosts.ts';
import type { Limits } from '../docker/limits/limits.ts';
import type { Choice, Reason } from '../domain/errors.ts';
import type { Decision, Denial } from '../policy/authorize.ts';
import type { Membership } from '../policy/people.ts';
import type { Redact } from '../policy/redact.ts';
import type { Tags } from '../registry/tags.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry.ts';
import type { Runner } from '../worker/deployments/runner.ts';
import type { Note } from './deploy/card/notes.ts';
import type { Live } from './live.ts';

export type Source = 'slash' | 'click' | 'mention' | 'home' | 'cli';

/** What arrived, before anything is known about it. */
export interface Incoming {
  readonly text: string;
  readonly person: string;
  readonly channel: string;
  readonly team: string;
  readonly source: Source;
  /** The operating-system user who says it at the command line, in the person's name. */
  readonly operator?: string;
  /** The thread it was said in. */
  readonly thread?: string | undefined;
}

/** A command parsed, validated and allowed: what a handler gets. */
export interface Request<Args = unknown> {
  /** A ULID; the same id is in the audit log, in the server's log and on buttons. */
  readonly id: string;
  readonly command: string;
  readonly args: Args;
  /** Names of the hosts it may and should run on. */
  readonly hosts: readonly string[];
  /** Whether somebody named them; a read without `--on` is given all that are permitted. */
  readonly hostsNamed: boolean;
  readonly line: string;
  /** The same without its secret values: the only one that is kept. */
  readonly shownLine: string;
  readonly share: boolean;
  readonly person: string;
  /** Where it is judged: of what a holder says of their lock in direct messages, the channel where it was taken. */
  readonly channel: string;
  readonly team: string;
  readonly source: Source;
  readonly thread?: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  /** When it came by `performance.now`, which nobody sets: how long it takes is counted from there. */
  readonly since: number;
  readonly membership: Membership;
  readonly decision: Exclude<Decision, Denial>;
}

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

export interface Run<Progress = unknown> {
  readonly signal: AbortSignal;
  /** Shows how far it is; the newest report replaces those not shown yet. */
  progress(report: Progress): void;
}

/** A handler: plain data in, plain data out, no state of its own. */
export type Handler<Args, Result, Progress = never> = (
  request: Request<Args>,
  deps: Deps,
  run: Run<Progress>,
) => Promise<Result>;

/** What one host did not do, for the reply and the audit log. */
export interface HostFailure {
  readonly host: string;
  readonly summary: string;
  readonly engineSaid: string;
  readonly tryThis: string;
  /** It may still answer: what is shown now is not all there will be. */
  readonly awaited?: true;
}

/** Every result over hosts says when, how long, and what did not answer. */
export interface Timed {
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly failures: readonly HostFailure[];
}

/** What the pipeline gives back: a result to show, or why there is none. */
export type Answer =
  | { readonly kind: 'result'; readonly request: Request; readonly spec: CommandSpec; readonly result: unknown }
  | { readonly kind: 'usage'; readonly spec: CommandSpec; readonly prefix: string }
  | {
      readonly kind: 'refused';
      readonly reason: Reason;
      readonly text: string;
      readonly hint: string | undefined;
      readonly choices: readonly Choice[];
      /** The argument it is about, where it is about one. */
      readonly field?: string | undefined;
    };
