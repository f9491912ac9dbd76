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
  ['pull shop:1 web-1', '/pull shop:1 @web-1'],
  ['pull shop:1 on web-1', '/pull shop:1 @web-1'],
])('%s is answered with a line that does it', (line, right) => {
  expect(hintOf(line)).toBe(`Try \`${right}\``);
});

it.each(['pull shop:1 on web-1 web-2', 'pull shop:1 please', 'pull shop:1 on web_!'])(
  '%s is no line that is nearly right',
  (line) => {
    expect(hintOf(line)).not.toMatch(/^Try/u);
  },
);

it.each([
  ['dangling=false', { all: true }],
  ['dangling=true', { all: false }],
  ['until=24h', { olderThan: 24 * 3_600_000 }],
])('prune images --filter %s is an option of ours', (filter, args) => {
  expect(parseLine(`prune images --filter ${filter}`, SPECS).args as PruneArgs).toMatchObject(args);
});
