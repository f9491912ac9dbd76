import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demux } from '../../src/docker/client/demux.ts';
import type { LogChunk } from '../../src/docker/client/types.ts';
import type { Stamps } from '../../src/handlers/containers/log/line.ts';
import { compileFilter } from '../../src/handlers/containers/log/line-filter.ts';
import { logLines, searchLines } from '../../src/handlers/containers/log/log-lines.ts';
import { neededWords } from '../../src/handlers/containers/log/needed-words.ts';
import { createRedactor } from '../../src/policy/redact.ts';

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function lines(
  chunks: readonly LogChunk[],
  known: readonly string[] = [],
  stamps: Stamps = 'none',
): Promise<string[]> {
  const out: string[] = [];
  for await (const batch of logLines(from(chunks), createRedactor(known), stamps))
    out.push(...batch.map((line) => line.text));
  return out;
}

/** The chunks of a text in pieces of `size` bytes. */
function pieces(text: string | Buffer, size: number): LogChunk[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    chunk(bytes.subarray(at * size, (at + 1) * size)),
  );
}

const STAMP = '2026-11-28T03:00:00.123456789Z ';

/** A line as an engine with timestamps writes it; `json`, as the driver that keeps no half of a character. */
function records(text: string, json = false): Buffer {
  const bytes = Buffer.from(text);
  const cuts = Array.from({ length: Math.ceil(bytes.length / 16_384) }, (_, at) =>
    bytes.subarray(at * 16_384, (at + 1) * 16_384),
  );
  return Buffer.concat(cuts.flatMap((cut) => [Buffer.from(STAMP), json ? Buffer.from(cut.toString()) : cut]));
}

const chunk = (text: string | Buffer): LogChunk => ({ stream: 'stdout', bytes: Buffer.from(text) });

function frame(type: number, text: string): Buffer {
  const head = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function demuxed(chunks: readonly Buffer[]): Promise<string[]> {
  const out: string[] = [];
  for await (const { stream, bytes } of demux(from(chunks))) out.push(`${stream}:${bytes}`);
  return out;
}

describe('log lines', () => {
  it('come out the same however the wire cut them, many-byte characters too', async () => {
    const text = Buffer.from('één\nzwei ✓ 🚢\nlast');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => chunk(text.subarray(at[index], end)));
        expect(await lines(chunks)).toEqual(['één', 'zwei ✓ 🚢', 'last']);
      }),
    );
  });

  it('are what a terminal shows of them, in whichever pieces they come', async () => {
    const text = Buffer.from('10%\r50%\r100% done\r\n12345\rab\nx\by\r\u001b[Kz 👩‍💻\nplain\r\n');
    for (const size of [1, 3, 7, 100]) {
      const chunks = [];
      for (let at = 0; at < text.length; at += size) chunks.push(chunk(text.subarray(at, at + size)));
      expect(await lines(chunks)).toEqual(['100% done', 'ab345', 'z 👩‍💻', 'plain']);
    }
  });

  it('are one for a progress bar of any length, and show no secret that was written over by half', async () => {
    const bar = Array.from({ length: 5000 }, (_, at) => `\rloading ${at} of 5000`);
    const chunks = [...bar.map(chunk), chunk('\n'), chunk('secretvalue-12345\r***\n')];
    expect(await lines(chunks, ['secretvalue-12345'])).toEqual(['loading 4999 of 5000', '***']);
  });

  it('that are too long are cut at a whole character', async () => {
    const [line] = await lines([chunk(`x${'🚢'.repeat(40_000)}\n`), chunk('next\n')]);
    expect(line?.isWellFormed()).toBe(true);
  });

  it('survive ten thousand frames in one chunk, and one frame in many', async () => {
    const written = Array.from({ length: 10_000 }, (_, index) => `${index}\n`);
    expect(await demuxed([Buffer.concat(written.map((text) => frame(1, text)))])).toEqual([
      `stdout:${written.join('')}`,
    ]);
    expect(await demuxed([...frame(2, 'hey')].map((byte) => Buffer.from([byte])))).toEqual([
      'stderr:h',
      'stderr:e',
      'stderr:y',
    ]);
  });

  it('that are not in frames are said to be so', async () => {
    await expect(demuxed([Buffer.from('plain text here')])).rejects.toMatchObject({ fault: 'protocol' });
  });

  it.each([
    ['DB_PASSWORD=hunter22', 'DB_PASSWORD=***'],
    ['{"api_key": "abcdef123"}', '{"api_key": "***"}'],
    ['Authorization: Bearer abcdefghijk', 'Authorization: Bearer ***'],
    ['postgres://shop:s3cret@db/shop', 'postgres://shop:***@db/shop'],
    ['got ghp_abcdefghijklmnopqrstuvwx', 'got ***'],
    ['the value is swordfish-9', 'the value is ***'],
    ['\u001b[31mred\u001b[0m \u202egnp', 'red gnp'],
    ['nothing to hide here', 'nothing to hide here'],
  ])('mask secrets and strip control characters: %j', async (line, shown) => {
    expect(await lines([chunk(`${line}\n`)], ['swordfish-9'])).toEqual([shown]);
  });

  it('never show a private key, though its body has no telling word', async () => {
    const text = 'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nxyz\n-----END RSA PRIVATE KEY-----\nb\n';
    expect(await lines([chunk(text)])).toEqual(['a', '-----BEGIN RSA PRIVATE KEY----- ***', 'b']);
  });

  it('are cut when they have no end', async () => {
    const [line, next] = await lines([chunk('x'.repeat(200_000)), chunk('y'.repeat(10)), chunk('\nnext\n')]);
    expect(line?.length).toBeLessThan(33_000);
    expect(next).toBe('next');
  });
});

describe('--grep', () => {
  it.each([
    ['error', false, 'an error', true],
    ['error|timeout', false, 'a timeout', true],
    ['^GET .* 5\\d\\d', false, 'GET /x 503', true],
    ['error', true, 'an error', false],
  ])('%s (inverted %s) on %j: %s', (pattern, invert, line, matches) => {
    expect(compileFilter(pattern, invert)(line)).toBe(matches);
  });

  it('is not run away with', () => {
    expect(compileFilter('(a+)+$', false)(`${'a'.repeat(30_000)}!`)).toBe(false);
    expect(() => compileFilter('(?=a)b', false)).toThrow('could run away');
    expect(() => compileFilter('(a)\\1', false)).toThrow('could run away');
    expect(() => compileFilter('(', false)).toThrow('cannot use that pattern');
  });
});

describe('a search', () => {
  const words = [
    'err',
    'timeout',
    'needle',
    'BEGIN',
    'KEY',
    'token',
    'secret',
    'hunter22',
    'x',
    '***',
    '=',
    ': ',
    ' ',
    '-',
  ];
  const line = fc
    .array(
      fc.constantFrom(
        ...words,
        'password=',
        'Authorization: Bearer ',
        'postgres://shop:s3cret99@db',
        'nee\u001b[31mdle',
        'time\u200bout',
        'er\u001b[0mr',
        'coor',
        'é',
        '-----BEGIN RSA PRIVATE KEY-----',
        '-----END RSA PRIVATE KEY-----',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  const part = fc.constantFrom(
    ...['err', 'time', 'out', 'needle', 'timeout', 'colo', 'BEGIN', 'hunter22', 'ab', 'e', '0'],
    ...['.', '.*', '\\d', '\\b', '\\.', '[a-z]', '[^x]+', '[]|)]', '(e|dle)', '(out)?', '(a(b|c)|BEGIN)*', '^', '$'],
    ...['|', '*', '+', '?', '{2}', '{1,}', '\\*\\*\\*', '=', ' ', '\\Qa|b\\E', '\\x65', '(?i)', '\\pL', '[[:alpha:]]'],
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

  async function matching(
    text: Buffer,
    cuts: readonly number[],
    found: (line: string) => boolean,
    needs: readonly string[],
  ) {
    const chunks = [0, ...cuts].map((at, index) => chunk(text.subarray(at, cuts[index] ?? text.length)));
    let read = 0;
    const lines: string[] = [];
    for await (const batch of searchLines(from(chunks), createRedactor(['hunter22']), 'none', needs)) {
      read += batch.read;
      lines.push(...batch.lines.map((item) => item.text).filter(found));
    }
    return { read, lines };
  }

  it('finds the same whether or not it looks for needed words first', async () => {
    await fc.assert(
      fc.asyncProperty(
        pattern,
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(400), { maxLength: 3 }),
        async (typed, written, places) => {
          let filter: ReturnType<typeof compileFilter>;
          try {
            filter = compileFilter(typed, false);
          } catch {
            return fc.pre(false);
          }
          const text = Buffer.from(written.map((item) => `${item}\n`).join(''));
          const cuts = places.filter((at) => at < text.length).sort((a, b) => a - b);
          expect(await matching(text, cuts, filter, filter.needs)).toEqual(await matching(text, cuts, filter, []));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['needle|haystack', ['needle', 'haystack']],
    ['timeout|refus(ed|al)', ['timeout', 'refus']],
    ['status=5\\d\\d', ['status']],
    ['colou?r', ['colo']],
    ['ab+c{0}de', ['ab']],
    ['x{10}yz', ['yz']],
    ['error', ['error']],
    ['(error|fault)', []],
    ['error|', []],
    ['(?i)error', []],
    ['\\Qa|b\\E', []],
  ])('%s needs %j', (typed, needed) => {
    expect(neededWords(typed)).toEqual(needed);
  });
});

describe('a secret in which something is cut', () => {
  const long = `xx${'Ж'.repeat(8188)}DB_PASSWORD=Sw0rdfishSw0rdfish`;

  it.each(['shown', 'off'] as const)('is hidden across the border of two records, times %s', async (stamps) => {
    for (const size of [7, 1000, 100_000]) {
      const [line, next] = await lines(
        pieces(Buffer.concat([records(`${long}\n`), records('next\n')]), size),
        [],
        stamps,
      );
      expect(line?.endsWith(`${'Ж'.repeat(9)}DB_PASSWORD=***`)).toBe(true);
      expect(line?.slice(STAMP.length)).not.toContain('2026');
      expect(next).toBe(stamps === 'shown' ? `${STAMP}next` : 'next');
    }
  });

  it('is whole again, and so is a character, at every place of the border and with either driver', async () => {
    for (let at = 16_340; at <= 16_390; at += 1) {
      const text = `${'x'.repeat(at)}🚢 token=Sw0rdfishSw0rdfish Ж`;
      for (const json of [false, true]) {
        const [line = ''] = await lines(pieces(records(`${text}\n`, json), 5000), [], 'off');
        expect(line.slice(at)).not.toMatch(/Sw0|fish|2026/u);
        if (!json) expect(line).toBe(text.replace('Sw0rdfishSw0rdfish', '***'));
      }
    }
  });

  it.each(['none', 'off'] as const)('is hidden at every place of the longest line, times %s', async (stamps) => {
    for (const rest of ['', 'y'.repeat(200_000)])
      for (let at = 32_700; at <= 32_800; at += 7) {
        const text = `${'x'.repeat(at)} known-value-1234567 ${rest}`;
        const bytes =
          stamps === 'none' ? Buffer.from(`${text}\nnext\n`) : Buffer.concat([records(`${text}\n`), records('next\n')]);
        const [line = '', next] = await lines(pieces(bytes, 9000), ['known-value-1234567'], stamps);
        expect(line).not.toMatch(/known|lue/u);
        expect(line.length).toBeLessThanOrEqual(32_768);
        expect(next).toBe('next');
      }
  });

  it('is not shown in part where masks made the line short before it was cut', async () => {
    const known = `known-${'k'.repeat(300)}`;
    const text = `${`${known} `.repeat(400)}${'y'.repeat(200_000)}`;
    for (const size of [500, 1001, 41_000])
      expect((await lines(pieces(text, size), [known])).join()).not.toContain('kkkk');
  });

  it.each([
    ['an assignment', 'a '.repeat(16_370).concat('token=')],
    ['a string', 'password="'],
    ['a header', 'Authorization: Bearer '],
    ['a bearer alone', 'got bearer '],
    ['a cookie', 'Cookie: a='],
    ['an argument', 'run --password '],
    ['an element', '<password>'],
    ['a token', 'gh'.concat('p_')],
  ])('is hidden as a whole however long it is: %s', async (_, before) => {
    const shown = await lines([chunk(`${before}${'Ab1'.repeat(40_000)}\nnext\n`)]);
    expect(shown.join('\n')).not.toContain('Ab1');
    expect(shown.at(-1)).toBe('next');
  });

  it('is hidden where the last record is only a part of the line', async () => {
    const text = `${'x'.repeat(16_384 - 8)} known-v`;
    expect((await lines([chunk(text)], ['known-value-1234567'])).join()).not.toContain('known-v');
    expect((await lines([chunk(records(text))], ['known-value-1234567'], 'off')).join()).not.toContain('known-v');
    expect(await lines([chunk('no end of line')])).toEqual(['no end of line']);
  });
});

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
