import { describe, expect, it } from 'vitest';
import type { LogChunk } from '../../src/docker/client/types.ts';
import { searchLines } from '../../src/handlers/containers/log/log-lines.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { ordinaryLines, secretLine, secretLines, shownOf } from '../policy/corpus/corpus.ts';
import { chunk, from, lines, pieces, STAMP } from './log-pieces.ts';

const FILES = ['secrets-formats.txt', 'secrets-lines.txt'];
const TEXTS = FILES.flatMap(secretLines)
  .filter(({ line }) => line.includes('\\n'))
  .map(({ rule, line, secrets }) => ({
    rule,
    texts: line.split('\\n'),
    secrets: secrets.flatMap((secret) => secret.split('\\n')),
  }));
const BEFORE = ['GET /health 200', 'ready'];
const AFTER = ['done', 'GET /health 200'];

describe('a secret that takes several lines of a log', () => {
  it.each(TEXTS)('is masked: $rule', async ({ texts, secrets }) => {
    const all = [...BEFORE, ...texts, ...AFTER];
    const plain = all.map((text) => `${text}\n`).join('');
    const stamped = all.map((text) => `${STAMP}${text}\n`).join('');
    for (const size of [7, 10_000]) {
      const shown = await lines(pieces(plain, size));
      for (const secret of secrets) expect(shownOf(secret, shown.join('\n'))).toBeUndefined();
      expect([...shown.slice(0, 2), ...shown.slice(-2)]).toEqual([...BEFORE, ...AFTER]);
      const timed = await lines(pieces(stamped, size), [], 'shown');
      for (const secret of secrets) expect(shownOf(secret, timed.join('\n'))).toBeUndefined();
    }
  });

  it.each(TEXTS)('is not found by a search, in pieces or as a whole: $rule', async ({ texts, secrets }) => {
    const plain = [...BEFORE, ...texts, ...AFTER].map((text) => `${text}\n`).join('');
    for (const secret of secrets)
      for (const size of [1, 40, 10_000])
        for await (const batch of searchLines(from(pieces(plain, size)), createRedactor([]), 'none', [
          secret.slice(0, 6),
        ]))
          for (const { text } of batch.lines) expect(shownOf(secret, text)).toBeUndefined();
  });

  it('is masked when the other stream writes in between', async () => {
    for (const { texts, secrets } of TEXTS) {
      const chunks = texts.flatMap((text): LogChunk[] => [
        chunk(`${text}\n`),
        { stream: 'stderr', bytes: Buffer.from('GET / 200\n') },
      ]);
      const shown = (await lines(chunks)).join('\n');
      for (const secret of secrets) expect(shownOf(secret, shown)).toBeUndefined();
    }
  });

  it.each(['2026-11-28T03:00:00.123Z INFO ', '[worker-1] ', 'smtp-1  | '])('is masked behind %s', async (prefix) => {
    for (const { rule, texts, secrets } of TEXTS.filter(({ rule }) => !/^(?:openvpn-static|pop3-pass)$/u.test(rule))) {
      const shown = (await lines([chunk(texts.map((text) => `${prefix}${text}\n`).join(''))])).join('\n');
      for (const secret of secrets) expect(shownOf(secret, shown), rule).toBeUndefined();
    }
  });

  it('is masked however long it is', async () => {
    const { line: body } = secretLine(Array.from({ length: 300 }, () => '{h80}').join('\\n'));
    const vault = ['$ANSIBLE_VAULT;1.1;AES256', ...body.split('\\n'), '6162', 'then'];
    expect(await lines([chunk(`${vault.join('\n')}\n`)])).toEqual([vault[0], ...Array(301).fill('***'), 'then']);
    const block = ['password: |', ...body.split('\\n').map((text) => `  ${text}`), 'user: bob'];
    const shown = await lines([chunk(`${block.join('\n')}\n`)]);
    expect(shown.map((text) => text.trim())).toEqual([block[0], ...Array(300).fill('***'), 'user: bob']);
  });

  it('leaves ordinary lines behind one another as they are', async () => {
    const files = ['ordinary.txt', 'ordinary-held-out.txt', 'ordinary-syntaxes.txt', 'ordinary-formats.txt'];
    for (const file of files) {
      const ordinary = ordinaryLines(file).filter((line) => createRedactor([])(line) === line);
      expect(await lines([chunk(`${ordinary.join('\n')}\n`)])).toEqual(ordinary);
    }
  });

  it('ends where ordinary lines go on', async () => {
    const texts = ['DB_PASSWORD:', 'GET /a/b/c 200', 'AUTH LOGIN', 'started', 'name: API_TOKEN', 'other: plain', 'x'];
    expect(await lines([chunk(`${texts.join('\n')}\n`)])).toEqual(texts);
  });

  it('is looked for in small pieces, also where every line may begin one', async () => {
    let batches = 0;
    for await (const batch of searchLines(from([chunk('token:\n'.repeat(9000))]), createRedactor([]), 'none', [])) {
      batches += 1;
      expect(batch.read).toBeLessThan(2000);
    }
    expect(batches).toBeGreaterThan(6);
  });
});
