import { cut } from '../../../text/cut.ts';
import { linked } from '../../block-kit/text.ts';

/** Somebody's reason inside a sentence of ours: on one line, in quotation marks, with its end. */
export function quoted(reason: string): string {
  return `“${linked(cut(reason, 300).replace(/\s+/gu, ' '))}”.`;
}
