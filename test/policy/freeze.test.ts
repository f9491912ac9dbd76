import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { Selector } from '../../src/domain/selector.ts';
import { frozen } from '../../src/policy/freeze.ts';

const policy = (freeze: string) =>
  parseConfig(
    `slack: { team: T0TEAM }
hosts: { web-1: { url: "unix:///a.sock" }, web-2: { url: "unix:///b.sock" } }
services: { shop: { image: x, hosts: all, container: { name: shop-web } }, api: { image: x, hosts: all } }
freeze: [ ${freeze} ]`,
    'f.yml',
    {},
  );
const WEEKEND = policy('{ name: weekend, from: "fri 16:00", to: "mon 08:00", timezone: Europe/Berlin }');
const at = (text: string) => Date.parse(text);
const until = (text: string, config = WEEKEND, hosts = ['web-1'], service?: string) => {
  const found = frozen(at(text), { hosts, service }, config);
  return found && new Date(found.until).toISOString();
};

describe('a freeze', () => {
  it.each([
    ['2026-11-27T14:59:59Z', undefined],
    ['2026-11-27T15:00:00Z', '2026-11-30T07:00:00.000Z'],
    ['2026-11-29T12:00:00Z', '2026-11-30T07:00:00.000Z'],
    ['2026-11-30T06:59:59Z', '2026-11-30T07:00:00.000Z'],
    ['2026-11-30T07:00:00Z', undefined],
    // Summer: two hours ahead of UTC.
    ['2026-07-03T13:59:00Z', undefined],
    ['2026-07-03T14:00:00Z', '2026-07-06T06:00:00.000Z'],
    // Begun in winter time, ended in summer time, and the other way round.
    ['2026-03-28T00:00:00Z', '2026-03-30T06:00:00.000Z'],
    ['2026-10-24T00:00:00Z', '2026-10-26T07:00:00.000Z'],
  ])('in Berlin at %s ends at %s', (time, expected) => {
    expect(until(time)).toBe(expected);
  });

  it('ends when the clocks skip its end, and holds in both hours that have its number', () => {
    const night = policy('{ name: night, from: "sun 01:00", to: "sun 02:30", timezone: Europe/Berlin }');
    expect(until('2026-03-29T00:30:00Z', night)).toBe('2026-03-29T01:00:00.000Z');
    expect(until('2026-10-25T00:10:00Z', night)).toBe('2026-10-25T00:30:00.000Z');
    expect(until('2026-10-25T00:40:00Z', night)).toBeUndefined();
    expect(until('2026-10-25T01:10:00Z', night)).toBe('2026-10-25T01:30:00.000Z');
  });

  it('covers the hosts and services it names, a service by any of its names', () => {
    const some = policy('{ name: x, from: "mon 00:00", to: "tue 00:00", hosts: web-2, services: [shop] }');
    const monday = '2026-11-23T12:00:00Z';
    expect(until(monday, some, ['web-1', 'web-2'], 'shop')).toBe('2026-11-24T00:00:00.000Z');
    expect(frozen(at(monday), { hosts: ['web-1', 'web-2'], service: 'shop-web' }, some)).toMatchObject({
      name: 'x',
      rule: 'freeze[0]',
      hosts: ['web-2'],
    });
    expect(until(monday, some, ['web-1'], 'shop')).toBeUndefined();
    expect(until(monday, some, ['web-2'], 'api')).toBeUndefined();
    expect(until(monday, some, ['web-2'])).toBeUndefined();
  });

  it('of several is the one that ends last', () => {
    const two = policy(
      '{ name: short, from: "mon 00:00", to: "mon 13:00" }, { name: long, from: "mon 10:00", to: "tue 09:00" }',
    );
    expect(frozen(at('2026-11-23T12:00:00Z'), { hosts: ['web-1'] }, two)).toMatchObject({
      name: 'long',
      rule: 'freeze[1]',
    });
  });

  it('agrees with the clock on the wall at every minute, in every zone, and ends where it says', () => {
    const time = fc.record({ day: fc.nat(6), hour: fc.nat(23), minute: fc.constantFrom(0, 15, 30, 59) });
    const minutes = ({ day, hour, minute }: { day: number; hour: number; minute: number }) =>
      (day * 24 + hour) * 60 + minute;
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Chatham',
    );
    // Around the changes of the clocks as well as anywhere.
    const moment = fc.oneof(
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
      fc
        .tuple(
          fc.constantFrom(
            '2026-03-08T07:00:00Z',
            '2026-03-29T01:00:00Z',
            '2026-04-04T15:00:00Z',
            '2026-10-25T01:00:00Z',
            '2026-11-01T06:00:00Z',
          ),
          fc.integer({ min: -200, max: 200 }),
        )
        .map(([change, away]) => at(change) + away * 60_000),
    );
    fc.assert(
      fc.property(time, time, zone, moment, (from, to, timezone, now) => {
        fc.pre(minutes(from) !== minutes(to));
        const window = { name: 'x', from: minutes(from), to: minutes(to), timezone, hosts: Selector.parse('all') };
        const config = { ...WEEKEND, freeze: [window] };
        const format = new Intl.DateTimeFormat('sv-SE', {
          timeZone: timezone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const wall = (moment: number) => {
          const [date = '', clock = ''] = format.format(moment).split(' ');
          const [hour = 0, minute = 0] = clock.split(':').map(Number);
          return new Date(`${date}T00:00:00Z`).getUTCDay() * 1440 + hour * 60 + minute;
        };
        const inside = (moment: number) => {
          const length = (minutes(to) - minutes(from) + 10_080) % 10_080;
          return (wall(moment) - minutes(from) + 10_080) % 10_080 < length;
        };
        const found = frozen(now, { hosts: ['web-1'] }, config);
        expect(found !== undefined).toBe(inside(now));
        if (!found) return;
        expect(found.until).toBeGreaterThan(now);
        expect(inside(found.until)).toBe(false);
        expect(inside(found.until - 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
