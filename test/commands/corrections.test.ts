import { expect, it } from 'vitest';
import type { PruneArgs } from '../../src/commands/cleanup/prune.ts';
import { SPECS } from '../../src/commands/index.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';

function hintOf(line: string): unknown {
  try {
    return parseLine(line, SPECS).line;
  } catch (error) {
    if (error instanceof UserError) return error.hint;
    throw error;
  }
}

const HOUR = 3_600_000;

it.each([
  ['lock shop for 2h', 2 * HOUR],
  ['lock shop 2 hours', 2 * HOUR],
  ['lock shop for 2 hours', 2 * HOUR],
  ['lock shop --for 90 min', 1.5 * HOUR],
  ['lock shop 30min', HOUR / 2],
  ['lock shop for an hour --reason "for 3 days"', HOUR],
  ['lock shop for 1h 30m', 1.5 * HOUR],
  ['lock shop --reason "x" for 1 Week', 168 * HOUR],
  ['lock for for 1 day', 24 * HOUR],
  ['lock shop --reason "for 3 hours"', 2 * HOUR],
  ['grant exec shop for 30 minutes --reason "x"', HOUR / 2],
])('a duration is taken in words: %s', (line, expected) => {
  expect(parseLine(line, SPECS).args).toMatchObject({ for: expected });
});

it.each([
  ['lock shop until 14:00', '/dock lock shop --for 2h'],
  ['lock shop tomorrow', '/dock lock shop --for 2h'],
  ['lock shop til 5pm --reason "x"', '/dock lock shop --for 2h --reason x'],
  ['lock shop 14:00', '/dock lock shop --for 2h'],
  ['lock shop by Friday', '/dock lock shop --for 2h'],
  ['lock shop 4h until monday', '/dock lock shop --for 4h'],
  ['grant exec shop until 15:00', '/dock grant exec shop --for 30m'],
  ['lock shop --until 14:00', '/dock lock shop'],
  ['lock shop for the release', '/dock lock shop --reason "for the release"'],
  ['lock shop by hand', '/dock lock shop --reason "by hand"'],
  ['lock shop please', '/dock lock shop'],
  ['unlock shop please', '/dock unlock shop'],
  ['ask shop, please!', '/dock ask shop'],
  ['pull shop:1 please', '/pull shop:1'],
])('%s is corrected to %s', (line, expected) => {
  expect(hintOf(line)).toBe(`Try \`${expected}\``);
});

it.each([
  ['logs shop | tail -n 50', '/logs shop -n 50'],
  ['logs shop | tail 50', '/logs shop -n 50'],
  ['logs shop | tail -50', '/logs shop -n 50'],
  ['logs shop | tail', '/logs shop'],
  ['logs shop | grep -i error', '/logs shop --grep "(?i)error"'],
  ['logs shop | grep -v error | wc -l', '/logs shop --grep error -v'],
  ['logs shop | grep', '/logs shop'],
  ['logs shop | sort', '/logs shop'],
  ['logs shop 2>&1', '/logs shop'],
  ['logs shop && ps', '/logs shop'],
  ['logs shop > errors.txt', '/logs shop'],
  ['logs shop >> errors.txt', '/logs shop'],
  ['logs shop 2>/dev/null', '/logs shop'],
  ['logs shop &', '/logs shop'],
  ['ps | grep shop', '/ps shop'],
  ['ps -a | grep -i shop', '/ps -a'],
  ['ps -a | grep shop | wc -l', '/ps -a shop'],
  ['ps worker | grep shop', '/ps worker'],
  ['images | tail -5', '/images'],
  ['images | grep shop', '/images shop'],
  ['images | grep "shop|web"', '/images'],
  ['stats | grep shop', '/stats shop'],
  ['inspect shop | grep Image', '/inspect shop'],
  ['events | grep shop', '/dock events'],
  ['ps -a@web-1', '/ps -a @web-1'],
  ['ps --all@web-1', '/ps --all @web-1'],
  ['logs shop@web-1', '/logs shop @web-1'],
  ['logs shop@Web-1 -n 5', '/logs shop @web-1 -n 5'],
  ['logs shop -n5@web-1', '/logs shop -n5 @web-1'],
  ['logs shop --since=10m@web-1', '/logs shop --since=10m @web-1'],
  ['logs -n 5 web-1/shop', '/logs -n 5 shop @web-1'],
  ['restart web-1/shop', '/dock restart shop @web-1'],
  ['exec shop@web-1 ls', '/exec shop @web-1 ls'],
  ['exec web-1/shop ls /a@b', '/exec shop @web-1 ls /a@b'],
  ['deploy shop@web-1 1.5.0', '/deploy shop @web-1 1.5.0'],
  ['pull shop 1.5.0', '/pull shop:1.5.0'],
  ['pull harbor.example.com:5000/shop latest @web-1', '/pull harbor.example.com:5000/shop:latest @web-1'],
  ['pull shop:1.5.0@web-1', '/pull shop:1.5.0 @web-1'],
  ['pull shop:1 web-1', '/pull shop:1 @web-1'],
  ['deploy shop 1.5.0 to web-1', '/deploy shop 1.5.0 @web-1'],
  ['deploy shop to 1.5.0 on web-1', '/deploy shop 1.5.0 @web-1'],
  ['rollback shop 1.4.0 now', '/rollback shop --to 1.4.0 --reason now'],
  ["rollback shop 1.4.0 because it's slow", '/rollback shop --to 1.4.0 --reason "because it\'s slow"'],
  ['rollback shop to 1.4.0 basket fails', '/rollback shop --to 1.4.0 --reason "basket fails"'],
  ['rollback shop because of errors', '/rollback shop --reason "because of errors"'],
  ['pull shop:1 on web-1', '/pull shop:1 @web-1'],
])('%s is answered with a line that does it', (line, right) => {
  expect(hintOf(line)).toBe(`Try \`${right}\``);
});

it.each([
  'pull shop:1 on web-1 web-2',
  'deploy devops/shop 1.5.0',
  'deploy harbor.example.com/devops/shop 1.5.0',
  'history shop@web-1',
  'pull shop:1 basket',
  'pull shop:1 on web_!',
  'logs shop --since 1h 30',
  'deploy shop web 1.5.0',
  'revert shop',
  'stop $(docker ps -q)',
  'logs `docker ps -lq`',
])('%s is no line that is nearly right', (line) => {
  expect(String(hintOf(line))).not.toMatch(/^Try/u);
});

it.each([
  ['dangling=false', { all: true }],
  ['dangling=true', { all: false }],
  ['until=24h', { olderThan: 24 * 3_600_000 }],
])('prune images --filter %s is an option of ours', (filter, args) => {
  expect(parseLine(`prune images --filter ${filter}`, SPECS).args as PruneArgs).toMatchObject(args);
});
