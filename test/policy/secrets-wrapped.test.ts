import { expect, it } from 'vitest';
import { createRedactor } from '../../src/policy/redact.ts';
import { SecretLines } from '../../src/policy/secrets/secret-lines.ts';

const VALUE = 'S3cret/known+value';
const redact = createRedactor([VALUE]);
const inLines = (text: string) => {
  const lines = new SecretLines();
  return text.split('\n').map((line) => redact(lines.take(line)));
};

const DUMP = [
  'COPY public.users (id, name, password, "apiToken", created_at) FROM stdin;',
  '1\tanna\thunter2blue\tabcDEF123456\t2024-01-01',
  '2\tbob\tcorrect horse 9\t\\N\t2024-01-02',
  '3\tcarl\t\\N\t\\N\t2024-01-03',
  '\\.',
  '4\tdana\tnone of it\tis\t2024-01-04',
];
const SHOWN = [DUMP[0], '1\tanna\t***\t***\t2024-01-01', '2\tbob\t***\t\\N\t2024-01-02', ...DUMP.slice(3)];

it('rows of a PostgreSQL dump are masked by the names of their columns, as a text and line by line', () => {
  expect(redact(DUMP.join('\n')).split('\n')).toEqual(SHOWN);
  expect(inLines(DUMP.join('\n'))).toEqual(SHOWN);
  expect(redact(DUMP.join('\r\n')).split('\r\n')).toEqual(SHOWN);
  const plain = DUMP.map((line) => line.replace('password', 'nickname').replace('apiToken', 'city'));
  expect(redact(plain.join('\n'))).toBe(plain.join('\n'));
  expect(inLines(plain.join('\n'))).toEqual(plain);
});

/** Characters that may be left of a value at the end of a line: as many as nobody could tell it by. */
const LEFT = 7;

it.each(['as a text', 'line by line'])('a known value in base64 that is wrapped anywhere shows no half, %s', (how) => {
  const leaks: string[] = [];
  for (let before = 0; before < 60; before += 1)
    for (const joint of ['\n', '\r\n', '\n    ', '\\n']) {
      const whole = Buffer.from(`${'u'.repeat(before)}${VALUE}:and the rest of it`).toString('base64');
      const text = `data: ${whole.replaceAll(/.{64}/gu, (line) => `${line}${joint}`)}`;
      const shown = how === 'as a text' ? redact(text) : inLines(text).join('\n');
      const [first, last] = [Math.ceil((before * 8) / 6), Math.floor(((before + VALUE.length) * 8) / 6)];
      const core = whole.slice(first, last);
      const isShown = Array.from({ length: core.length - LEFT }, (_, at) => core.slice(at, at + LEFT + 1)).some(
        (part) => shown.includes(part),
      );
      if (isShown) leaks.push(`${before} ${JSON.stringify(joint)}: ${shown}`);
    }
  expect(leaks).toEqual([]);
});
