import { cut } from '../../../text/cut.ts';
import { linked } from '../../block-kit/text.ts';

/** A person's reason as the end of a sentence: on one line, in quotation marks, with a full stop if it has none. */
export function quoted(reason: string): string {
  const text = cut(reason, 300).replace(/\s+/gu, ' ').trim();
  return `“${linked(text)}”${/[.!?…]$/u.test(text) ? '' : '.'}`;
}
