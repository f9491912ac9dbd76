import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LogChunk } from '../../src/docker/client/types.ts';
import type { Stamps } from '../../src/handlers/containers/log/line.ts';
import { logLines, searchLines } from '../../src/handlers/containers/log/log-lines.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { chunk, from, lines, STAMP } from './log-pieces.ts';

describe('a window that begins inside a private key', () => {
  const pem = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const key = pem.privateKey.trim().split('\n');
  const encrypted = ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,0123456789ABCDEF', '', ...key.slice(1)];
  const shown = (texts: readonly string[], stamps: Stamps = 'none') =>
    lines([chunk(texts.map((text) => `${stamps === 'none' ? '' : STAMP}${text}\n`).join(''))], [], stamps);
  const isBody = (line: string) => key.slice(1, -1).some((part) => line.includes(part));

  it('shows nothing of it wherever it begins, with any prefix and with times', async () => {
    for (const stamps of ['none', 'off', 'shown'] as const)
      for (const prefix of ['', '2026-11-28 INFO ', '  '])
        for (let at = 1; at < key.length - 2; at += 1) {
          const out = await shown([...key.slice(at).map((line) => prefix + line), 'then', 'more'], stamps);
          expect(out.filter(isBody)).toEqual([]);
          expect(out.slice(-2).map((line) => line.replace(STAMP, ''))).toEqual(['then', 'more']);
        }
    for (let at = 0; at < 4; at += 1) expect((await shown(encrypted.slice(at))).filter(isBody)).toEqual([]);
  });

  it('shows nothing of it when its end is not in the window, or others write in between', async () => {
    expect((await shown(key.slice(3, 9))).filter(isBody)).toEqual([]);
    expect((await shown([...key.slice(3, 9), 'GET / 200', 'ok'])).filter(isBody)).toEqual([]);
    expect((await shown([...key.slice(3, 9), 'GET / 200', ...key.slice(9)])).filter(isBody)).toEqual([]);
    expect((await shown([...key.slice(0, 9), 'GET / 200', ...key.slice(9)])).filter(isBody)).toEqual([]);
  });

  it('finds nothing of it with a search, and one stream does not hide another', async () => {
    const chunks: LogChunk[] = [
      chunk(`${key.slice(4, 8).join('\n')}\n`),
      { stream: 'stderr', bytes: Buffer.from('an error\n') },
      chunk(`${key.slice(8).join('\n')}\nlast\n`),
    ];
    const needle = (key[5] ?? '').slice(10, 20);
    for await (const batch of searchLines(from(chunks), createRedactor([]), 'none', [needle]))
      expect(batch.lines.filter((line) => isBody(line.text))).toEqual([]);
    expect(await lines(chunks)).toEqual(['an error', expect.stringContaining('***'), 'last']);
  });

  it.each([
    ['of PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----', '-----END PGP PRIVATE KEY BLOCK-----'],
    ['of OpenVPN', '-----BEGIN OpenVPN Static key V1-----', '-----END OpenVPN Static key V1-----'],
    ['of PuTTY', 'Private-Lines: 14', `Private-MAC: ${'0'.repeat(64)}`],
  ])('shows nothing of a key %s', async (_, head, end) => {
    const body = head.includes('OpenVPN') ? ['6acef03f62675b4b', '423cea742242106c'] : key.slice(1, -1);
    for (const prefix of ['', '2026-11-28 INFO ']) {
      const texts = ['before', head, ...body, end, 'after'];
      const out = await shown(texts.map((text) => prefix + text));
      expect(out.filter((line) => body.some((part) => line.includes(part)))).toEqual([]);
      expect([out[0], out.at(-1)]).toEqual([`${prefix}before`, `${prefix}after`]);
    }
  });

  it('shows certificates, public keys, digests and words', async () => {
    const open = pem.publicKey.trim().split('\n');
    expect(await shown(open.slice(2))).toEqual(open.slice(2));
    const hex = [1, 2, 3].map((at) => `${at}`.repeat(64).replaceAll('11', 'ab'));
    for (const texts of [hex, ['ok', 'tick', 'tock'], [key[3] ?? '', 'GET /health ok', 'a b'], ['', ' ', 'x']])
      expect(await shown(texts)).toEqual(texts);
  });

  it('holds no line back that cannot be of a key', async () => {
    const read = logLines(
      (async function* () {
        yield chunk('ready\n');
        await new Promise(() => {});
      })(),
      createRedactor([]),
    );
    expect((await read.next()).value).toMatchObject([{ text: 'ready' }]);
  });

  it('shows no short last line of a key whose first has other words before it', async () => {
    const body = ['x8Zq3Jp0sT7bW9vKcYdLmNfRhGuE2iO4kQa1XzVtBnMyPwCeMIIEowIBAAKCAQEA', 'c3RhcnQx'];
    const text = ['INFO loaded -----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', 'ok', ''].join('\n');
    expect((await lines([chunk(text)])).slice(1)).toEqual(['ok']);
  });

  it('shows what follows a mere mention of a key', async () => {
    const after = Array.from({ length: 30 }, (_, at) => `request ${at} was served in 3 ms`);
    expect(await shown(['no -----BEGIN PRIVATE KEY----- in the file', ...after])).toEqual([
      expect.stringContaining('***'),
      ...after,
    ]);
  });
});
