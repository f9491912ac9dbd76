import { expect, it } from 'vitest';
import type { LogsArgs } from '../../src/commands/containers/logs.ts';
import type { AuditResult } from '../../src/handlers/access/audit.ts';
import type { LogsResult } from '../../src/handlers/containers/log/results.ts';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import type { Request } from '../../src/handlers/request.ts';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { DOCK } from '../pictures/dock.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { READS } from '../pictures/reads.ts';
import { shownResult } from './shown.ts';

const resultOf = <T>(name: string) => [...READS, ...DOCK].find((one) => one.name === name)?.result as T;

function shown(command: string, result: unknown, more: Partial<Request> = {}) {
  const request = requestOf({ name: command, command, result, request: more });
  const { blocks, file } = shownResult(command, result, request);
  expect(checkMessage({ blocks })).toEqual([]);
  return { blocks, file, text: plainText(blocks) };
}

const cells = (row: string | undefined) => (row ?? '').split(/ {3,}/u);

it('a list of containers says first which one it is, and how it is; what is wrong before all', () => {
  const [head, ...rows] = shown('ps', resultOf<PsResult>('ps')).text.split('\n');

  expect(cells(head).slice(0, 2)).toEqual(['NAMES', 'STATUS']);
  expect(cells(rows[0])[1]).toMatch(/^⚠ unhealthy/u);
  expect(cells(rows[1])[1]).toBe('Up 4 days (healthy)');
});

it('a list of images says first which version of what it is', () => {
  expect(cells(shown('images', resultOf('images')).text.split('\n')[0]).slice(0, 2)).toEqual(['REPOSITORY', 'TAG']);
});

it('a filter by reference that finds nothing names the line that looks for a part of a name', () => {
  const none = (filter: readonly { key: string; value: string }[]) =>
    shown('images', resultOf('images-none'), { args: { filter } }).text;

  expect(none([{ key: 'reference', value: 'shop' }])).toContain('`/images shop`');
  expect(none([{ key: 'dangling', value: 'true' }])).not.toContain('/images');
});

it('the audit log shows a row for each request: when in UTC, who by name, the outcome', () => {
  const { blocks, text } = shown('audit', resultOf<AuditResult>('audit'));

  const rows = text.split('\n').slice(0, 4);
  expect(rows.map((row) => cells(row).slice(0, 4))).toEqual([
    ['UTC', 'WHO', 'COMMAND', 'RESULT'],
    ['3 Mar 09:29:00', 'U0DEV1', expect.any(String), 'needs approval · ok: 31 removed'],
    ['3 Mar 09:28:00', 'U0OPS1', expect.any(String), 'ok: 31 removed'],
    ['3 Mar 09:27:00', 'U0DEV1', expect.any(String), 'denied: not_permitted'],
  ]);
  expect(JSON.stringify(blocks)).toContain('{"type":"user","user_id":"U0OPS1"}');
});

const log = (lines: number, more: Partial<LogsResult['hosts'][number]> = {}): LogsResult => {
  const whole = resultOf<LogsResult>('logs-long');
  const [host] = whole.hosts;
  if (!host) throw new Error('no log');
  return {
    ...whole,
    hosts: [{ ...host, lines: host.lines.slice(0, lines), matched: lines, scanned: lines, hasOlder: false, ...more }],
  };
};
const args = (more: Partial<LogsArgs> = {}) => ({ args: { container: 'shop', ...more } });
const linesIn = (text: string) => text.match(/GET \/basket|payment timeout/gu)?.length;

it('a log cut to a message says how many of how many lines are shown, and where the others are', () => {
  const { text, file } = shown('logs', log(200), args());

  expect(text).toContain(`200 lines, the last ${linesIn(text)} shown`);
  expect(text).toMatch(/other lines are in the file, in your direct messages/u);
  expect(linesIn(file?.content ?? '')).toBe(200);
  expect(shown('logs', log(200), { ...args(), share: true }).text).toMatch(/other lines are in the file\./u);
});

it('a log that is kept in part says how many lines were left out, and how to narrow it', () => {
  const { text } = shown('logs', log(20, { matched: 15_000, scanned: 15_000 }), args({ grep: 'x' }));

  expect(text).toContain('the last 20 shown');
  expect(text).toMatch(/The oldest 14980 lines were left out.*--since/u);
});

it('who asked for twenty matching lines, and has them, is not asked to narrow it', () => {
  const { text } = shown('logs', log(20, { matched: 15_000, scanned: 15_000 }), args({ grep: 'x', tail: 20 }));

  expect(text).toContain('the last 20 shown');
  expect(text).not.toContain('left out');
});

it('a log whose older lines nobody asked for has a button for more; one that was asked for so has none', () => {
  const older = { hasOlder: true };

  expect(shown('logs', log(20, older), { ...args(), line: 'logs shop @web-1' }).text).toContain(
    'logs shop @web-1 --tail 1000',
  );
  expect(shown('logs', log(20, older), args({ tail: 20 })).text).not.toContain('--tail');
  expect(shown('logs', log(20), args()).text).not.toContain('--tail');
});

it('a host without its @ is recognized, not taken for a container', () => {
  const none = { ...resultOf<PsResult>('ps'), rows: [] };

  expect(shown('ps', none, { args: { names: ['web-2'], filter: [] } }).text).toContain('/ps @web-2');
  expect(shown('ps', none, { args: { names: ['shpo'], filter: [] } }).text).toContain('name=shpo');
});

it('the audit log says a command as it is typed', () => {
  const audit = resultOf<AuditResult>('audit');
  const records = audit.records.slice(0, 1).map((one) => ({ ...one, command: 'help', line: 'help logs' }));

  expect(shown('audit', { ...audit, records }).text).toContain('/dock help logs');
});
