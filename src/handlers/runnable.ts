import type { CommandSpec } from '../commands/language/define.ts';
import type { Parsed } from '../commands/language/parse.ts';
import type { Deps } from './deps.ts';
import type { Request } from './request.ts';

/** What somebody who waits for a command learns on the way, already as it is shown to them. */
export interface Watching<Reply, Shown> {
  readonly signal: AbortSignal;
  readonly unseen?: AbortSignal;
  progress(report: () => Shown): void;
  early(reply: () => Reply, when?: 'at-once' | 'when-slow'): void;
}

/** A command with its types closed over: all that the pipeline needs of it. */
export interface Runnable<Reply, Shown> {
  readonly spec: CommandSpec;
  /** `parsed` is a line of this command; `request` is about it. */
  run(line: Line, deps: Deps, watching: Watching<Reply, Shown>): Promise<Ran<Reply>>;
}

export interface Line {
  readonly parsed: Parsed;
  readonly request: Request;
}

export interface Ran<Reply> {
  /** Plain JSON. */
  readonly result: object;
  /** The result as it is shown; computed when it is asked for. */
  reply(): Reply;
}

/** Every command, by its name. */
export type Commands<Reply, Shown> = ReadonlyMap<string, Runnable<Reply, Shown>>;
