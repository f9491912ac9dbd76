import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Deadlines } from '../../../src/docker/client/dockerode.ts';
import type { EngineFault } from '../../../src/docker/client/engine-error.ts';
import type { TransferProgress } from '../../../src/docker/client/types.ts';
import { type Answer, chunks, fakeEngine, json, text, VERSION } from '../fake-engine.ts';

const DIGEST = `sha256:${'d1'.repeat(32)}`;
const reference = 'r.example:5000/shop/web:1.2';
const lines = (...all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\r\n`);
const DONE = { status: `1.2: digest: ${DIGEST} size: 527` };

const engineWith = (push: Answer) =>
  fakeEngine({ 'GET /version': json(VERSION), 'POST /images/r.example%3A5000/shop/web/push': push });
const at = (fake: { readonly socketPath: string }, deadlines?: Partial<Deadlines>) =>
  connectEngine({ kind: 'unix', socketPath: fake.socketPath }, deadlines);

describe('a push', () => {
  it.each([
    ['a status line', [DONE]],
    ['its result', [{ progressDetail: {}, aux: { Tag: '1.2', Digest: DIGEST, Size: 527 } }]],
  ])('names exactly one tag, and gives the digest of %s', async (_, said) => {
    await using fake = await engineWith(chunks(lines({ id: 'l1', status: 'Pushed' }, ...said)));

    const pushed = await at(fake).push({ reference }, () => {});

    expect(pushed).toEqual({ digest: DIGEST, uploaded: true });
    const asked = fake.asked.find(({ line }) => line.startsWith('POST'));
    expect(asked?.line).toBe('POST /v1.43/images/r.example%3A5000/shop/web/push?tag=1.2');
    // Without it engines answer 400.
    expect(Buffer.from(String(asked?.headers['x-registry-auth']), 'base64').toString()).toBe('{}');
  });

  it('counts layers that were sent, mounted, and there already', async () => {
    const seen: TransferProgress[] = [];
    await using fake = await engineWith(
      chunks([
        ...lines({ status: 'The push refers to repository [r.example:5000/shop/web]' }),
        ...lines(...['l1', 'l2', 'l3'].map((id) => ({ status: 'Preparing', id }))),
        ...lines({ status: 'Layer already exists', id: 'l1' }, { status: 'Mounted from shop/base', id: 'l2' }),
        ...lines({ status: 'Pushing', id: 'l3', progressDetail: { current: 40, total: 100 } }),
        ...lines(DONE),
      ]),
    );

    const pushed = await at(fake).push({ reference }, (progress) => seen.push(progress));

    expect(seen.at(-1)).toEqual({ layersTotal: 3, layersDone: 2, bytesDone: 40, bytesTotal: 100, status: 'Pushing' });
    expect(pushed).toEqual({ digest: DIGEST, uploaded: false });
  });

  it('that broke off and is tried again has sent nothing of its layer', async () => {
    const seen: TransferProgress[] = [];
    const status = 'Retrying in 5 seconds';
    const sent = { status: 'Pushing', id: 'l1', progressDetail: { current: 40, total: 100 } };
    await using fake = await engineWith(chunks(lines(sent, { status, id: 'l1' }, { errorDetail: { message: 'EOF' } })));

    const pushing = at(fake).push({ reference }, (progress) => seen.push(progress));

    await expect(pushing).rejects.toMatchObject({ message: expect.stringContaining('EOF') });
    expect(seen.at(-1) ?? 'no progress').toMatchObject({ bytesDone: 0, bytesTotal: 100, status });
  });

  it.each<[string, EngineFault]>([
    ["unknown: Failed to process request due to 'shop:1.2' configured as immutable.", 'tag_immutable'],
    [
      "tag invalid: The image tag '1.2' already exists in the 'web' repository and cannot be overwritten because the repository is immutable.",
      'tag_immutable',
    ],
    [
      'denied: adding 3.5 MiB of storage resource, which when updated to current usage of 8.4 MiB will exceed the configured upper limit of 10.0 MiB.',
      'quota_exceeded',
    ],
    ['received unexpected HTTP status: 413 Request Entity Too Large', 'upload_too_large'],
    ['failed commit on ref "layer": unexpected status: 413 Request Entity Too Large', 'upload_too_large'],
    ['write /var/lib/docker/x: disk quota exceeded', 'refused'],
    ['unauthorized: authentication required', 'auth_bad'],
    ['no basic auth credentials', 'auth_missing'],
    ['denied: requested access to the resource is denied', 'auth_or_missing'],
    // As containerd's image store says it.
    ['error from registry: denied\ndenied', 'auth_forbidden'],
    ['toomanyrequests: slow down', 'rate_limited'],
    ['received unexpected HTTP status: 502 Bad Gateway', 'registry_down'],
  ])('that is refused within its stream rejects: %s', async (message, fault) => {
    await using fake = await engineWith(chunks(lines({ id: 'l1', status: 'Preparing' }, { errorDetail: { message } })));

    await expect(at(fake).push({ reference }, () => {})).rejects.toMatchObject({
      fault,
      engineSaid: message.replace('\n', ' '),
    });
  });

  it.each([
    ['nothing at all', text('')],
    ['a page', text('<html>\nsign in</html>')],
    ['a line without an end', text('x'.repeat(1_200_000))],
  ])('that answers %s fails', async (_, answer) => {
    await using fake = await engineWith(answer);

    await expect(at(fake).push({ reference }, () => {})).rejects.toMatchObject({ fault: 'protocol' });
  });

  it('without progress ends, and so does one that its caller stops', async () => {
    const waits: Answer = (response) =>
      void response.writeHead(200).write(lines({ status: 'Waiting', id: 'l1' }).join(''));
    await using fake = await engineWith(waits);

    await expect(at(fake, { pushQuietMs: 200 }).push({ reference }, () => {})).rejects.toMatchObject({
      fault: 'stalled',
    });
    const stop = new AbortController();
    const pushing = at(fake).push({ reference }, () => stop.abort(), { signal: stop.signal });
    await expect(pushing).rejects.toMatchObject({ fault: 'aborted' });
  });

  it('of a digest is refused: the registry would give none', async () => {
    await using fake = await engineWith(chunks(lines(DONE)));

    const pushing = at(fake).push({ reference: `r.example:5000/shop/web@${DIGEST}` }, () => {});

    await expect(pushing).rejects.toMatchObject({ fault: 'bad_reference' });
  });
});
