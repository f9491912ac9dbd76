import type { Config, FreezeConfig } from '../config.ts';
import { select } from '../domain/selector.ts';
import { serviceName } from './services.ts';

export interface Freeze {
  readonly name: string;
  /** Config path of the freeze. */
  readonly rule: string;
  /** End of the freeze, in Unix milliseconds. */
  readonly until: number;
  /** The given hosts that the freeze covers. */
  readonly hosts: readonly string[];
}

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60;

/** The freeze of these hosts or this service at `at`; of several, the one that ends last. */
export function frozen(
  at: number,
  about: { readonly hosts: readonly string[]; readonly service?: string | undefined },
  config: Config,
): Freeze | undefined {
  const service = about.service === undefined ? undefined : serviceName(about.service, config);
  const found = config.freeze.flatMap((window, index): Freeze[] => {
    if (window.services !== undefined && (service === undefined || !window.services.includes(service))) return [];
    const covered = select(window.hosts, config.hosts).filter((host) => about.hosts.includes(host));
    if (covered.length === 0 || !within(at, window)) return [];
    return [{ name: window.name, rule: `freeze[${index}]`, until: endOf(at, window), hosts: covered }];
  });
  return found.sort((a, b) => b.until - a.until)[0];
}

/** By local time: an hour that occurs twice in autumn is frozen twice, and one that is skipped in spring never. */
function within(at: number, { from, to, timezone }: FreezeConfig): boolean {
  const minute = minuteOfWeek(at, timezone);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function endOf(at: number, window: FreezeConfig): number {
  const start = Math.floor(at / MINUTE) * MINUTE;
  const left = (window.to - minuteOfWeek(at, window.timezone) + WEEK) % WEEK;
  let end = start + left * MINUTE;
  // Daylight saving may start or end meanwhile, which shifts the end by at most two hours anywhere.
  while (within(end, window)) end += 30 * MINUTE;
  while (!within(end - MINUTE, window)) end -= MINUTE;
  return end;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes since Sunday 00:00, local time of the zone. */
function minuteOfWeek(at: number, timezone: string): number {
  const clock =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(timezone, clock);
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return DAYS.indexOf(parts.get('weekday') ?? '') * 1440 + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}
