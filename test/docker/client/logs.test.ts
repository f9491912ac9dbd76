import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { demux } from '../../../src/docker/client/demux.ts';
import type { LogChunk } from '../../../src/docker/client/types.ts';
import { chunks, fakeEngine, frame, ID, json } from '../fake-engine.ts';

const LOGS = `GET /containers/${ID}/logs`;
const QUERY = { tail: 100, timestamps: false, follow: false, tty: false } as const;
const at = (fake: { readonly socketPath: string }) => connectEngine({ kind: 'unix', socketPath: fake.socketPath });

async function* from(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function textOf(log: AsyncIterable<LogChunk>): Promise<{ stdout: string; stderr: string }> {
  const parts: Record<LogChunk['stream'], Buffer[]> = { stdout: [], stderr: [] };
  for await (const { stream, bytes } of log) parts[stream].push(bytes);
  return { stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() };
}

describe('frames', () => {
  it('come out the same however the wire cuts them', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 40, unit: 'binary' })), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 50 }), async (list, size) => {
        const wire = Buffer.concat(list.map(([type, body]) => frame(type, body)));
        const cut = Array.from({ length: Math.ceil(wire.length / size) }, (_, index) =>
          wire.subarray(index * size, (index + 1) * size),
        );

        const text = await textOf(demux(from(cut)));

        const said = (wanted: number) =>
          list
            .filter(([type]) => type === wanted)
            .map(([, body]) => body)
            .join('');
        expect(text).toEqual({ stdout: said(1), stderr: said(2) });
      }),
    );
  });

  it('by the hundred thousand in one chunk neither overflow nor copy', async () => {
    const wire = Buffer.concat(Array.from({ length: 110_000 }, () => frame(1, '0123456789\n')));
    expect(wire.length).toBeGreaterThan(2_000_000);
    let text = '';
    const buffers = new Set<ArrayBufferLike>();

    for await (const { bytes } of demux(from([wire]))) {
      text += bytes.toString();
      buffers.add(bytes.buffer);
    }

    expect(text).toBe('0123456789\n'.repeat(110_000));
    expect(buffers).toEqual(new Set([wire.buffer]));
  });

  it('are read no faster than they are taken', async () => {
    let given = 0;
    async function* source() {
      for (; given < 1000; given += 1) yield frame(1, 'x');
    }
    const log = demux(source())[Symbol.asyncIterator]();

    await log.next();
    await log.next();

    expect(given).toBeLessThan(3);
  });

  it.each([
    ['a type there is not', Buffer.from([4, 0, 0, 0, 0, 0, 0, 1, 65])],
    ['bytes that are not zero', Buffer.from([1, 0, 1, 0, 0, 0, 0, 1, 65])],
    ['plain text', Buffer.from('Listening on port 80\n')],
  ])('with %s are not guessed at', async (_, bytes) => {
    await expect(textOf(demux(from([bytes])))).rejects.toMatchObject({ fault: 'protocol' });
  });

  it('that are empty are no end', async () => {
    expect(await textOf(demux(from([Buffer.concat([frame(1, ''), frame(2, 'err'), frame(1, 'out')])])))).toEqual({
      stdout: 'out',
      stderr: 'err',
    });
  });
});

describe('a log over the wire', () => {
  it('keeps characters that were cut in two', async () => {
    const wire = frame(1, 'naïve – ⚓\n');
    await using fake = await fakeEngine({ [LOGS]: chunks([...wire].map((byte) => Buffer.from([byte]))) });

    expect((await textOf(at(fake).logs(ID, QUERY))).stdout).toBe('naïve – ⚓\n');
  });

  it('of a terminal is raw, even when it looks like JSON', async () => {
    await using fake = await fakeEngine({ [LOGS]: chunks(['{"level":', '"error"}']) });

    expect((await textOf(at(fake).logs(ID, { ...QUERY, tty: true }))).stdout).toBe('{"level":"error"}');
  });

  it('always says how many lines, and which streams', async () => {
    await using fake = await fakeEngine({ [LOGS]: chunks([]) });

    await textOf(at(fake).logs(ID, { ...QUERY, since: 1_700_000_000.5, timestamps: true }));

    const { searchParams } = new URL(fake.asked.at(-1)?.line.slice(4) ?? '', 'http://x');
    expect(Object.fromEntries(searchParams)).toEqual({
      stdout: 'true',
      stderr: 'true',
      tail: '100',
      since: '1700000000.500000000',
      timestamps: 'true',
      follow: 'false',
    });
  });

  it('that breaks off is an error, not an end', async () => {
    await using fake = await fakeEngine({
      [LOGS]: (response) => {
        response.writeHead(200);
        response.write(frame(1, 'one\n'), () => response.destroy());
      },
    });

    await expect(textOf(at(fake).logs(ID, { ...QUERY, follow: true }))).rejects.toMatchObject({ fault: 'unreachable' });
  });

  it('of a driver that cannot be read says so', async () => {
    const message = 'configured logging driver does not support reading';
    await using fake = await fakeEngine({ [LOGS]: json({ message }, 501) });

    await expect(textOf(at(fake).logs(ID, QUERY))).rejects.toMatchObject({
      fault: 'logs_unreadable',
      engineSaid: message,
      status: 501,
    });
  });

  it('is let go of when its reader has enough', async () => {
    await using fake = await fakeEngine({
      [LOGS]: (response) => void response.writeHead(200).write(frame(1, 'one\n')),
    });
    const closed = fake.closed();

    for await (const { bytes } of at(fake).logs(ID, { ...QUERY, follow: true })) {
      expect(bytes.toString()).toBe('one\n');
      break;
    }

    await closed;
  });

  it('being followed ends with its caller', async () => {
    await using fake = await fakeEngine({
      [LOGS]: (response) => void response.writeHead(200).write(frame(1, 'one\n')),
    });
    const stop = new AbortController();
    const closed = fake.closed();
    const reading = (async () => {
      for await (const _ of at(fake).logs(ID, { ...QUERY, follow: true }, { signal: stop.signal })) stop.abort();
    })();

    await expect(reading).rejects.toMatchObject({ fault: 'aborted' });
    await closed;
  });
});
