import type { CommandSpec } from '../commands/language/define.ts';
import type { Choice, Reason } from '../domain/errors.ts';
import type { Phrase } from '../domain/phrase.ts';
import type { Request } from './request.ts';
import type { Ran } from './runnable.ts';

export interface Refused {
  readonly kind: 'refused';
  readonly reason: Reason;
  readonly text: Phrase;
  readonly hint: Phrase | undefined;
  readonly choices: readonly Choice[];
  /** The argument it is about, where it is about one. */
  readonly field?: string | undefined;
}

export interface Usage {
  readonly kind: 'usage';
  readonly spec: CommandSpec;
  readonly prefix: string;
}

export interface Answered<Reply> extends Ran<Reply> {
  readonly kind: 'result';
  readonly request: Request;
  readonly spec: CommandSpec;
}

/** What the pipeline gives back: a result to show, or why there is none. */
export type Answer<Reply> = Answered<Reply> | Usage | Refused;
