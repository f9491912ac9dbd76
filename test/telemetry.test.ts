import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../src/telemetry.ts', import.meta.url).href;
const LIBRARY = new URL('../src/slack/client/library-log.ts', import.meta.url).href;
const REDACT = new URL('../src/policy/redact.ts', import.meta.url).href;

/** The fields of one line that a process of its own logs with `body`. */
function logged(body: string): Record<string, unknown> {
  const program = `import { createLog } from '${MODULE}'; import { createRedactor } from '${REDACT}';
    const log = createLog('info', createRedactor(['known-value-1'])); ${body}`;
  const line = execFileSync('sh', ['-c', '"$0" --input-type=module -e "$1" 2>&1', process.execPath, program]);
  return JSON.parse(line.toString()) as Record<string, unknown>;
}

it('a secret in an error, its cause, its stack or what a library hung on it is not logged', () => {
  const line = logged(`
    const error = new Error('Bad: known-value-1', { cause: new Error('GET https://bot:pw-of-bot@registry.test/v2/') });
    Object.assign(error, { code: 'EBAD', original: { config: { headers: { Authorization: 'Bearer abcdefghijkl' } } } });
    log.error({ err: error, request: '01J' }, 'Request failed');`);

  expect(JSON.stringify(line)).not.toMatch(/known-value|pw-of-bot|abcdefghijkl/u);
  expect(line).toMatchObject({ request: '01J', msg: 'Request failed', err: { type: 'Error', code: 'EBAD' } });
  expect(line).toMatchObject({
    err: { message: expect.stringContaining('Bad: ***'), stack: expect.stringMatching(/ at /u) },
  });
});

it('a secret in any field is not logged, however deep, and none in which a long text is cut', () => {
  const line = logged(`
    const round = { token: 'abc', why: 'the known-value-1' };
    round.round = round;
    log.warn({ err: 'x'.repeat(7990) + 'known-value-1', list: ['known-value-1', 7], round }, 'Odd');`);

  expect(JSON.stringify(line)).not.toContain('known');
  expect(line).toMatchObject({ list: ['***', 7], round: { token: '***', why: 'the ***' } });
});

it('a line of the Slack library is one of ours, with its secrets hidden', () => {
  const line = logged(`
    const { libraryLog } = await import('${LIBRARY}');
    libraryLog(log).debug('known-value-1 in a payload');
    libraryLog(log).warn('A pong was late:', 'known-value-1');`);

  expect(line).toMatchObject({ level: 40, said: ['A pong was late:', '***'] });
});
