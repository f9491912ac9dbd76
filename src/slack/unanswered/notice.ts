import type { AuditRecord } from '../../store/audit-records.ts';
import { cut } from '../../text/cut.ts';
import { slash } from '../block-kit/commands.ts';
import { buttons, context, type Message, section } from '../block-kit/message.ts';
import { dayAndClock, prose } from '../block-kit/text.ts';

/**
 * What is on record of a request that nobody answered. `not-started`: no decision. `interrupted`: a decision to carry it out,
 * and no outcome.
 */
export type OnRecord =
  | { readonly kind: 'not-started' | 'denied' | 'interrupted' }
  | { readonly kind: 'ended'; readonly outcome: AuditRecord };

export interface UnansweredRequest {
  readonly request: string;
  /** Its line as shown; undefined where it was no command. */
  readonly line: string | undefined;
  readonly isChange: boolean;
  /** Whether an answer may have been shown before its outcome was recorded, as happens with what only reads. */
  readonly mayBeAnswered: boolean;
  /** The line of the command that shows what it changes. */
  readonly shows: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Tells a person that their request has no answer, whether it may have been carried out, and what to do now. */
export function unansweredView(asked: UnansweredRequest, found: OnRecord): Message {
  const { line, request, at } = asked;
  const what = line === undefined ? 'your message' : slash(line);
  const text = `:warning: ${sentence(what, asked, found)}`;
  const mayRepeat = found.kind === 'not-started' || !asked.isChange;
  // A line with a secret is not whole.
  const retry = mayRepeat && line !== undefined && !line.includes('***') ? [{ label: 'Retry', line: `/${line}` }] : [];
  return {
    text,
    blocks: [section(text), ...buttons(retry), context(`Asked ${dayAndClock(at)} · \`${request}\``)],
  };
}

function sentence(what: string, { isChange, mayBeAnswered, shows }: UnansweredRequest, found: OnRecord): string {
  if (found.kind === 'not-started') return `Fairlead was stopped before it started ${what}. Nothing was done.`;
  if (found.kind === 'denied') return `Fairlead was stopped before it answered ${what}: you may not do that here.`;
  if (!isChange)
    return found.kind === 'ended' || mayBeAnswered
      ? `The answer to ${what} may be missing. Nothing was changed.`
      : `Fairlead was stopped before it answered ${what}. Nothing was changed.`;
  const look = shows === undefined ? 'Check before you repeat it.' : `Check with ${slash(shows)} before you repeat it.`;
  if (found.kind !== 'ended')
    return `Fairlead was stopped during ${what}. It may have been carried out, in full or in part. ${look}`;
  const { outcome = 'failed', detail } = found.outcome;
  const why = detail === undefined ? '' : ` (${prose(cut(detail, 300))})`;
  if (outcome === 'ok') return `${what} was carried out${why}, but its answer may be missing here.`;
  return `${what} ended as *${outcome}*${why}, and its answer may be missing here. ${look}`;
}
