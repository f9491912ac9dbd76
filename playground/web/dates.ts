/** Formats a date such as `{date_short} {time}` in the reader's time zone and language, as in `<!date^…>`. */
export function sayDate(at: number, format: string, now = Date.now()): string {
  return format.replace(/\{(\w+)\}/gu, (whole, name: string) => TOKENS[name]?.(new Date(at), now) ?? whole);
}

const say = (options: Intl.DateTimeFormatOptions) => (date: Date) =>
  new Intl.DateTimeFormat(undefined, options).format(date);

const long = say({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
const short = say({ year: 'numeric', month: 'short', day: 'numeric' });
const usual = say({ year: 'numeric', month: 'long', day: 'numeric' });

/** Formats a day, with words for yesterday, today and tomorrow. */
const pretty = (otherwise: (date: Date) => string) => (date: Date, now: number) => {
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  return ['yesterday', 'today', 'tomorrow'][days + 1] ?? otherwise(date);
};

const TOKENS: Readonly<Record<string, (date: Date, now: number) => string>> = {
  date_num: (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
  date: usual,
  date_short: short,
  date_long: long,
  date_pretty: pretty(usual),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time: say({ hour: 'numeric', minute: '2-digit' }),
  time_secs: say({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (date, now) => {
    const seconds = Math.round((date.getTime() - now) / 1000);
    const [unit, size] = UNITS.find(([, most]) => Math.abs(seconds) >= most) ?? (['second', 1] as const);
    return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
  },
};

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;
