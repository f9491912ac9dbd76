import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Deadlines } from '../../../src/docker/client/dockerode.ts';
import type { TransferProgress } from '../../../src/docker/client/types.ts';
import { type Answer, chunks, fakeEngine, IMAGE_ID, json, text, VERSION } from '../fake-engine.ts';

const DIGEST = `sha256:${'d1'.repeat(32)}`;
const REFERENCE = 'r.example:5000/shop/web:1.2';
const IMAGE = {
  Id: IMAGE_ID,
  RepoTags: [REFERENCE],
  RepoDigests: [`r.example:5000/shop/web@${DIGEST}`],
  Size: 1234,
  Os: 'linux',
  Architecture: 'amd64',
};
const INSPECT = 'GET /images/r.example%3A5000/shop/web%3A1.2/json';
const lines = (...all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\r\n`);
const DONE = [{ status: `Digest: ${DIGEST}` }, { status: `Status: Downloaded newer image for ${REFERENCE}` }];

const engineWith = (create: Answer, inspect: Answer = json(IMAGE), version: object = VERSION) =>
  fakeEngine({ 'GET /version': json(version), 'POST /images/create': create, [INSPECT]: inspect });
const at = (fake: { readonly socketPath: string }, deadlines?: Partial<Deadlines>) =>
  connectEngine({ kind: 'unix', socketPath: fake.socketPath }, deadlines);

describe('a pull', () => {
  it('names exactly one tag, and says what came', async () => {
    await using fake = await engineWith(chunks(lines(...DONE)));

    const result = await at(fake).pull({ reference: REFERENCE }, () => {});

    expect(result).toEqual({
      digest: DIGEST,
      imageId: IMAGE_ID,
      bytes: 1234,
      os: 'linux',
      arch: 'amd64',
      downloaded: true,
    });
    const asked = fake.asked.find(({ line }) => line.startsWith('POST'));
    expect(asked?.line).toBe('POST /v1.43/images/create?fromImage=r.example%3A5000%2Fshop%2Fweb&tag=1.2');
    expect(asked?.headers['x-registry-auth']).toBeUndefined();
  });

  it('by digest asks for the digest', async () => {
    const inspect = `GET /images/r.example%3A5000/shop/web%40${encodeURIComponent(DIGEST)}/json`;
    await using fake = await fakeEngine({ 'POST /images/create': chunks(lines(...DONE)), [inspect]: json(IMAGE) });

    await at(fake).pull({ reference: `r.example:5000/shop/web:1.2@${DIGEST}` }, () => {});

    expect(fake.asked[1]?.line).toContain(`tag=${encodeURIComponent(DIGEST)}`);
  });

  it.each(['a', 'ab', 'abc', 'ÿþý?>~'])('sends an account the engine can decode: password %s', async (password) => {
    await using fake = await engineWith(chunks(lines(...DONE)));

    await at(fake).pull(
      { reference: REFERENCE, auth: { username: 'u', password, serverAddress: 'r.example:5000' } },
      () => {},
    );

    const header = String(fake.asked.find(({ line }) => line.startsWith('POST'))?.headers['x-registry-auth']);
    // Go's URL encoding: its alphabet, and always padded.
    expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/u);
    expect(header.length % 4).toBe(0);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      username: 'u',
      password,
      serveraddress: 'r.example:5000',
    });
    expect(fake.asked.map(({ line }) => line).join()).not.toContain('serveraddress');
  });

  it.each([
    ['newer', ['Status: Downloaded newer image for x'], true],
    ['up to date', ['Status: Image is up to date for x'], false],
    ['neither, with a layer that was fetched', ['Download complete'], true],
    ['neither, with nothing fetched', ['Already exists'], false],
  ])('tells whether anything was downloaded: %s', async (_, statuses, downloaded) => {
    await using fake = await engineWith(chunks(lines(...statuses.map((status) => ({ id: 'l1', status })))));

    expect(await at(fake).pull({ reference: REFERENCE }, () => {})).toMatchObject({ downloaded, digest: DIGEST });
  });

  it('reports each layer once, in its latest state', async () => {
    const seen: TransferProgress[] = [];
    await using fake = await engineWith(
      chunks([
        ...lines(
          { status: 'Pulling from shop/web', id: '1.2' },
          { status: 'Already exists', id: 'l0' },
          { status: 'Pulling fs layer', id: 'l1' },
          { status: 'Pulling fs layer', id: 'l2' },
        ),
        ...lines({ status: 'Downloading', id: 'l1', progressDetail: { current: 40, total: 100 } }),
        ...lines({ status: 'Downloading', id: 'l2', progressDetail: { current: 5, total: 10 } }),
        ...lines({ status: 'Download complete', id: 'l2' }, { status: 'Pull complete', id: 'l2' }),
        ...lines({ status: 'Extracting', id: 'l1', progressDetail: { current: 1, total: 100, units: 's' } }),
        ...lines(...DONE),
      ]),
    );

    await at(fake).pull({ reference: REFERENCE }, (progress) => seen.push(progress));

    expect(seen).toContainEqual({
      layersTotal: 3,
      layersDone: 1,
      bytesDone: 40,
      bytesTotal: 100,
      status: 'Pulling fs layer',
    });
    expect(seen.at(-1)).toEqual({
      layersTotal: 3,
      layersDone: 2,
      bytesDone: 110,
      bytesTotal: 110,
      status: 'Extracting',
    });
  });

  it('survives lines and characters cut anywhere', async () => {
    const wire = Buffer.from(lines({ id: 'l1', status: 'Ⓟulling ⚓' }, ...DONE).join(''));
    const seen: string[] = [];
    await using fake = await engineWith(chunks([...wire].map((byte) => Buffer.from([byte]))));

    await at(fake).pull({ reference: REFERENCE }, ({ status }) => seen.push(status));

    expect(seen).toContain('Ⓟulling ⚓');
  });

  it.each([
    ['errorDetail', { errorDetail: { message: 'write /var/lib/docker/x: no space left on device' } }, 'no_space'],
    ['error', { error: 'toomanyrequests: You have reached your pull rate limit.' }, 'rate_limited'],
    [
      'both',
      { error: 'old words', errorDetail: { code: 1, message: 'unauthorized: authentication required' } },
      'auth_bad',
    ],
  ])('that fails in its stream fails: %s', async (_, line, fault) => {
    await using fake = await engineWith(
      chunks(lines({ status: 'Pulling from x', id: '1' }, line, { status: 'Status: more' })),
    );

    await expect(at(fake).pull({ reference: REFERENCE }, () => {})).rejects.toMatchObject({ fault, status: 200 });
  });

  it.each([
    ['nothing at all', text('')],
    ['a page', text('<html>\nsign in</html>')],
    ['half a line', text('{"status":')],
    ['a line without an end', text('x'.repeat(1_200_000))],
  ])('that answers %s fails', async (_, answer) => {
    await using fake = await engineWith(answer);

    await expect(at(fake).pull({ reference: REFERENCE }, () => {})).rejects.toMatchObject({ fault: 'protocol' });
  });

  it('that breaks off fails', async () => {
    await using fake = await engineWith((response) => {
      response.writeHead(200);
      response.write(lines({ status: 'Downloading', id: 'l1' }).join(''), () => response.destroy());
    });

    await expect(at(fake).pull({ reference: REFERENCE }, () => {})).rejects.toMatchObject({ fault: 'unreachable' });
  });

  it('without progress ends, but one that goes on does not', async () => {
    const quiet = { pullQuietMs: 500 };
    await using stuck = await engineWith(
      (response) => void response.writeHead(200).write(lines({ status: 'Waiting', id: 'l1' }).join('')),
    );
    const slow = chunks(
      [...Array(250).keys()].flatMap((current) =>
        lines({ status: 'Downloading', id: 'l1', progressDetail: { current: current * 1000, total: 250_000 } }),
      ),
    );
    await using alive = await engineWith(slow);

    await expect(at(stuck, quiet).pull({ reference: REFERENCE }, () => {})).rejects.toMatchObject({
      fault: 'stalled',
      engineSaid: expect.stringContaining('0.5 s'),
    });
    const started = performance.now();
    await expect(at(alive, quiet).pull({ reference: REFERENCE }, () => {})).resolves.toMatchObject({
      imageId: IMAGE_ID,
    });
    expect(performance.now() - started).toBeGreaterThan(500);
    await expect(at(alive, { transferMs: 60 }).pull({ reference: REFERENCE }, () => {})).rejects.toMatchObject({
      fault: 'stalled',
    });
  });

  it('that goes on for hours with progress is not cut', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const begun = Promise.withResolvers<ServerResponse>();
    await using fake = await engineWith((response) => begun.resolve(response.writeHead(200)));
    let heard = Promise.withResolvers<void>();
    const pulling = at(fake).pull({ reference: REFERENCE }, () => heard.resolve());
    const response = await begun.promise;

    for (let minute = 1; minute <= 240; minute += 1) {
      heard = Promise.withResolvers();
      const progressDetail = { current: minute * 60e6, total: 30e9 };
      response.write(lines({ status: 'Downloading', id: 'l1', progressDetail }).join(''));
      await heard.promise;
      vi.advanceTimersByTime(59_000);
    }
    response.end(lines(...DONE).join(''));

    await expect(pulling).resolves.toMatchObject({ imageId: IMAGE_ID });
  });

  it('that trickles ends as one that stands still does, and says how much came', async () => {
    const trickle: Answer = (response) => {
      response.writeHead(200);
      let current = 0;
      const drip = setInterval(() => {
        current += 1;
        const line = { status: 'Downloading', id: 'l1', progressDetail: { current, total: 250_000 } };
        response.write(lines(line).join(''));
      }, 20);
      response.on('close', () => clearInterval(drip));
    };
    await using fake = await engineWith(trickle);
    const closed = fake.closed();
    const heard: TransferProgress[] = [];

    const pulling = at(fake, { pullQuietMs: 500 }).pull({ reference: REFERENCE }, (progress) => heard.push(progress));

    await expect(pulling).rejects.toMatchObject({
      fault: 'stalled',
      engineSaid: expect.stringMatching(/^The pull has nearly stopped: \d+ bytes in 0\.5 s\.$/u),
    });
    // The engine ends a pull with the connection that it was asked on.
    await closed;
    expect(heard.length).toBeGreaterThan(3);
  });

  it('is stopped by its caller', async () => {
    await using fake = await engineWith(
      (response) => void response.writeHead(200).write(lines({ status: 'Waiting', id: 'l1' }).join('')),
    );
    const stop = new AbortController();
    const closed = fake.closed();

    const pulling = at(fake).pull({ reference: REFERENCE }, () => stop.abort(), { signal: stop.signal });

    await expect(pulling).rejects.toMatchObject({ fault: 'aborted' });
    await closed;
  });
});

describe('the platform of a pull', () => {
  it.each([
    ['linux/amd64', true],
    ['linux/arm64', false],
    ['linux/amd', false],
    ['windows/amd64', false],
  ])('%s of a linux/amd64 image: %s', async (platform, isRight) => {
    await using fake = await engineWith(chunks(lines(...DONE)));

    const pulling = at(fake).pull({ reference: REFERENCE, platform }, () => {});

    await (isRight
      ? expect(pulling).resolves.toMatchObject({ arch: 'amd64' })
      : expect(pulling).rejects.toMatchObject({ fault: 'platform' }));
    expect(fake.asked[1]?.line).toContain(`platform=${encodeURIComponent(platform)}`);
  });

  it('is asked for by name where an engine keeps several', async () => {
    const version = { ...VERSION, ApiVersion: '1.51' };
    await using fake = await engineWith(chunks(lines(...DONE)), json({ ...IMAGE, Architecture: 'arm64' }), version);

    await at(fake).pull({ reference: REFERENCE, platform: 'linux/arm64/v8' }, () => {});

    const asked = new URL(fake.asked.at(-1)?.line.slice(4) ?? '', 'http://x').searchParams.get('platform');
    expect(JSON.parse(asked ?? '')).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' });
  });
});
