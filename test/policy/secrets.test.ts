import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/policy/redact.ts';
import { ordinaryLines, secretLines, shownOf } from './corpus/corpus.ts';

const redact = createRedactor([]);

describe('secrets by their looks', () => {
  it('masks at least 95 % of a corpus of every published kind', () => {
    const lines = [...secretLines('secrets.txt'), ...secretLines('secrets-held-out.txt')];
    const shown = lines.flatMap(({ rule, line, secrets }) => {
      const out = redact(line);
      return secrets.some((secret) => shownOf(secret, out) !== undefined) ? [`${rule}: ${out}`] : [];
    });
    expect(lines.length).toBeGreaterThanOrEqual(150);
    expect(shown.length, shown.join('\n')).toBeLessThanOrEqual(lines.length * 0.05);
  });

  it('leaves at least 98 % of the ordinary lines of real programs as they are', () => {
    const lines = [...ordinaryLines('ordinary.txt'), ...ordinaryLines('ordinary-held-out.txt')];
    const changed = lines.map((line) => redact(line)).filter((out, index) => out !== lines[index]);
    expect(lines.length).toBeGreaterThanOrEqual(200);
    expect(changed.length, changed.join('\n')).toBeLessThanOrEqual(lines.length * 0.02);
  });

  it('says the same of a line that it has masked before', () => {
    for (const { line } of secretLines('secrets.txt')) expect(redact(redact(line))).toBe(redact(line));
  });

  it.each([
    'eyJ-',
    'password=',
    'https://',
    'a:',
    '-----BEGIN PRIVATE KEY-----',
    'aws A1b2C3',
    'mysql -p ',
    'auth="',
    'cookie: a=b;',
    'key%3D',
    '0Q~',
    '.atlasv1.',
    '"password" value ',
    '<password ',
  ])('takes time that grows with the length of %j again and again, and no faster', (pump) => {
    const time = (length: number) => {
      const text = pump.repeat(length / pump.length);
      const before = process.cpuUsage();
      for (let round = 0; round < 5; round += 1) redact(text);
      return process.cpuUsage(before).user;
    };
    time(20_000);
    // Sixteen times the text: linear is 16, quadratic 256.
    expect(time(320_000) / Math.max(time(20_000), 1000)).toBeLessThan(80);
  });
});

describe('known values', () => {
  const value = 'p"ss/w&rd +ü\\9';
  const mask = createRedactor([value, 'first-line-of-it\nsecond-line-of-it']);
  it.each([
    ['as it is', value],
    ['in JSON', JSON.stringify({ value })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ value }))],
    ['in an address', `https://h/?q=${encodeURIComponent(value)}`],
    ['in a form', `q=${encodeURIComponent(value).replaceAll('%20', '+')}`],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64, one byte in', Buffer.from(`x${value}y`).toString('base64')],
    ['in base64url, two bytes in', Buffer.from(`xy${value}`).toString('base64url')],
    ['in hex', Buffer.from(value).toString('hex')],
    ['one line of it', 'seen: second-line-of-it'],
  ])('are masked %s', (_, text) => {
    const out = mask(text);
    expect(out).toContain('***');
    for (const part of [value, encodeURIComponent(value), Buffer.from(value).toString('hex'), 'second-line-of-it'])
      expect(out).not.toContain(part);
  });
});
