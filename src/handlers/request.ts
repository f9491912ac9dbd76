import type { Phrase } from '../domain/phrase.ts';
import type { Decision, Denial } from '../policy/decision.ts';
import type { Membership } from '../policy/people.ts';

export type Source = 'slash' | 'click' | 'mention' | 'home' | 'cli';

/** A text or file that came with a command. It is read when the command is allowed. */
export interface Attached {
  readonly name: string;
  /** Throws a `UserError`, also for more than `most` bytes. */
  read(most: number, signal: AbortSignal): Promise<Buffer>;
}

/** What arrived, before anything is known about it. */
export interface Incoming {
  /** The ULID of the request, where it was given one before it was read. */
  readonly id?: string;
  readonly text: string;
  readonly person: string;
  readonly channel: string;
  readonly team: string;
  readonly source: Source;
  /** The operating-system user who says it at the command line, in the person's name. */
  readonly operator?: string;
  /** The thread it was said in. */
  readonly thread?: string | undefined;
  /** The message whose button was clicked, where everybody in the channel sees it: Slack's time stamp. */
  readonly message?: string | undefined;
  /** For commands that take one. */
  readonly attached?: Attached | undefined;
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
  readonly message?: string | undefined;
  /** What came with it, of a command that takes a text. */
  readonly attached?: Attached | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  /** When it came by `performance.now`, which nobody sets: how long it takes is counted from there. */
  readonly since: number;
  readonly membership: Membership;
  readonly decision: Exclude<Decision, Denial>;
}

/** What a handler says on its way. */
export interface Run<Progress = never, Result = never> {
  readonly signal: AbortSignal;
  /** Fires when nobody can see its progress any more: what only shows something ends then, a change goes on. */
  readonly unseen?: AbortSignal | undefined;
  /** Shows how far it is; the newest report replaces those not shown yet. */
  progress(report: Progress): void;
  /**
   * Shows what there is while the rest is waited for: a result like the last one, which says what is missing. With
   * `when-slow` only if the last one is not there within the inline budget.
   */
  early(result: Result, when?: 'at-once' | 'when-slow'): void;
}

/** What one host did not do, for the reply and the audit log. */
export interface HostFailure {
  readonly host: string;
  readonly summary: string;
  /** The engine's message, or the cause in Fairlead's words where the engine sent none. */
  readonly engineSaid: string;
  readonly fromEngine?: boolean;
  readonly tryThis: Phrase;
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
