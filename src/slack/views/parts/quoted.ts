import { cut } from '../../../text/cut.ts';
import { linked } from '../../block-kit/text.ts';

/** A person's reason as the end of a sentence: on one line, in quotation marks, with a full stop if it has none. */
export function quoted(reason: string): string {
  return `${inQuotes(reason)}${/[.!?…]$/u.test(onLine(reason)) ? '' : '.'}`;
}

/** The same within a line of facts. */
export function inQuotes(reason: string): string {
  return `“${linked(onLine(reason))}”`;
}

const onLine = (reason: string) => cut(reason, 300).replace(/\s+/gu, ' ').trim();
