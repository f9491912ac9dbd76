import type { CommandSpec } from '../commands/language/define.ts';
import type { Choice, Reason } from '../domain/errors.ts';
import type { Phrase } from '../domain/phrase.ts';
import type { Request } from './request.ts';

/** What the pipeline gives back: a result to show, or why there is none. */
export type Answer =
  | { readonly kind: 'result'; readonly request: Request; readonly spec: CommandSpec; readonly result: unknown }
  | { readonly kind: 'usage'; readonly spec: CommandSpec; readonly prefix: string }
  | {
      readonly kind: 'refused';
      readonly reason: Reason;
      readonly text: Phrase;
      readonly hint: Phrase | undefined;
      readonly choices: readonly Choice[];
      /** The argument it is about, where it is about one. */
      readonly field?: string | undefined;
    };
