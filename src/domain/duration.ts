import { z } from 'zod';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DURATION = /^(?:\d{1,15}(?:\.\d{1,15})?[smhdw])+$/u;

/** Milliseconds in `90s`, `10m`, `1h30m`, `7d`, `2w`; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40 || !DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d{1,15}(?:\.\d{1,15})?)([smhdw])/gu)) {
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** What a duration or a moment is typed as: a field whose schema begins with this takes one. */
export const DurationText = z.string();

/** A duration typed by a person or written in the config; in milliseconds. */
export const Duration = DurationText.transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: 'is a duration such as 30s, 10m, 2h or 7d' });
  return z.NEVER;
});

/** A moment: a duration ago (`10m`), a Unix time, or RFC 3339. Resolved against `now`, so a handler does it, not the parser. */
export type Moment = { readonly ago: number } | { readonly at: number };

export const Moment = DurationText.transform((text, context): Moment => {
  const ago = parseDuration(text);
  if (ago !== undefined) return { ago };
  if (/^\d{9,11}(?:\.\d{1,9})?$/u.test(text)) return { at: Number(text) * 1000 };
  if (/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/u.test(text)) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) return { at };
  }
  context.addIssue({ code: 'custom', message: 'is how long ago (10m, 2h) or a time (2026-03-01T04:00:00Z)' });
  return z.NEVER;
});

/** Unix milliseconds of a moment. */
export function momentAt(moment: Moment, now: number): number {
  return 'at' in moment ? moment.at : now - moment.ago;
}

/** `2026-03-01 04:00 UTC`: for words that everybody is to read the same, and where Slack cannot say a reader's own time. */
export function sayMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `45 s`, `12 min`, `3 h`, `9 days`: for sentences. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** As docker writes an age in its CREATED column: "3 weeks ago". */
export function sayAge(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const steps: readonly [number, number, string][] = [
    [1, 1, ''],
    [60, 1, 'second'],
    [120, 60, 'About a minute ago'],
    [3600, 60, 'minute'],
    [7200, 3600, 'About an hour ago'],
    [172_800, 3600, 'hour'],
    [1_209_600, 86_400, 'day'],
    [5_184_000, 604_800, 'week'],
    [63_072_000, 2_592_000, 'month'],
    [Number.POSITIVE_INFINITY, 31_536_000, 'year'],
  ];
  const [, unit, word] = steps.find(([below]) => seconds < below) ?? [0, 1, 'second'];
  if (word === '') return 'Less than a second ago';
  if (word.startsWith('About')) return word;
  const count = Math.floor(seconds / unit);
  return `${count} ${word}${count === 1 ? '' : 's'} ago`;
}
