import { parseDuration } from '../../domain/duration.ts';

const UNITS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
};
/** A unit that is misspelt, or of a language whose word is nearly the English one: `minuts`, `minuten`. */
const NEARLY = /^(?:secon|minu|hour|week)[a-z]{1,4}$/u;
const unitOf = (text: string) =>
  Object.hasOwn(UNITS, text) ? UNITS[text] : NEARLY.test(text) ? text.charAt(0) : undefined;

const NUMBERS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** A digit or digits for what somebody may write of them: `2`, `two`, `an`. */
function numberOf(text: string): string | undefined {
  if (/^\d{1,6}(?:\.\d{1,3})?$/u.test(text)) return text;
  return NUMBERS.includes(text) ? `${NUMBERS.indexOf(text) + 1}` : /^an?$/u.test(text) ? '1' : undefined;
}

/** A duration as people write one, `2 hours`, `30min`, `an hour` or `1h 30m`, as the parser takes it; undefined for other words. */
export function durationIn(words: readonly string[]): { readonly text: string; readonly taken: number } | undefined {
  let text = '';
  let taken = 0;
  for (;;) {
    const [first = '', second = ''] = words.slice(taken, taken + 2).map((word) => word.toLowerCase());
    const [, joined = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)([a-z]{1,7})$/u.exec(first) ?? [];
    const amount = numberOf(first);
    if (parseDuration(first) !== undefined) text += first;
    else if (unitOf(unit) !== undefined) text += joined + unitOf(unit);
    else if (amount !== undefined && unitOf(second) !== undefined) {
      text += amount + unitOf(second);
      taken += 1;
    } else return taken === 0 ? undefined : { text, taken };
    taken += 1;
  }
}

/** Words of a line with `for 2 hours` made `--for 2h`. `at`: where a duration may also stand without `for`. */
export function withDuration(words: readonly string[], from: number, at?: number): readonly string[] {
  const bare = at === undefined ? undefined : durationIn(words.slice(at));
  if (at !== undefined && bare) return [...words.slice(0, at), '--for', bare.text, ...words.slice(at + bare.taken)];
  const index = words.findIndex((word, place) => place >= from && (word === 'for' || word === '--for'));
  if (index < 0 || ['--reason', '--for'].includes(`${words[index - 1]}`)) return words;
  const rest = words.slice(index + 1);
  const said = durationIn(rest);
  if (said) return [...words.slice(0, index), '--for', said.text, ...rest.slice(said.taken)];
  // `for the release` is a reason; anything else was meant as a duration.
  return words[index] === 'for' && !/^[a-z]{2}/iu.test(rest[0] ?? '')
    ? [...words.slice(0, index), '--for', ...rest]
    : words;
}

const MOMENTS =
  /^(?:until|till|til|today|tonight|tomorrow|noon|midnight|forever|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}:\d\d(?:am|pm)?|\d{1,2}(?:am|pm))$/iu;

/** Whether words say until when rather than for how long. */
export const isMoment = ([first = '', second = '']: readonly string[]): boolean =>
  MOMENTS.test(first) || (/^(?:by|at)$/iu.test(first) && /^\d|^noon$|^midnight$|day$/iu.test(second));

/** For an option such as `--until`. */
export const SAY_HOW_LONG = 'It takes for how long, not until when: `--for 2h`.';

/** Words for a time that is still to come: `at 22:00`, `tomorrow 9`, `in 2 hours`, `30.11. 22:00`, `later`. */
export function isLater(words: readonly string[]): boolean {
  const [first = '', ...rest] = words;
  if (/^in$/iu.test(first)) return durationIn(rest)?.taken === rest.length;
  const isOne = /^(?:later|tonight|next)$/iu.test(first) || /^\d{1,2}\.\d{1,2}\.(?:\d{2,4})?$/u.test(first);
  return isOne || isMoment(words);
}

/** For deploys and rollbacks. */
export const NOT_SCHEDULED = 'A deploy cannot be scheduled: it starts when it is approved.';
