import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, type MemoryOptions, memoryRegistry, multiPlatform } from '../memory-registry.ts';
import { promoteIn } from './scene.ts';

const TAG = 'PUT /v2/prod/shop/manifests/1.0.0';

type Fault = NonNullable<MemoryOptions['fault']>;

/** Answers the requests that match with an error in the specification's form. */
const refuse =
  (pattern: RegExp, status: number, message: string, headers: Record<string, string> = {}): Fault =>
  (request, response) => {
    if (!pattern.test(`${request.method} ${request.url}`)) return false;
    const code = status === 413 ? 'DENIED' : 'UNKNOWN';
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(request.method === 'HEAD' ? '' : JSON.stringify({ errors: [{ code, message }] }));
    return true;
  };

const cut =
  (pattern: RegExp): Fault =>
  (request) => {
    if (!pattern.test(`${request.method} ${request.url}`)) return false;
    request.socket.destroy();
    return true;
  };

describe('a promotion that a registry refuses', () => {
  const put = /^PUT .*\/manifests\/1\.0\.0$/u;
  it.each([
    [put, 412, "Failed to process request due to 'shop:1.0.0' configured as immutable.", 'immutable'],
    [
      put,
      400,
      "The image tag '1.0.0' already exists and cannot be overwritten because the repository is immutable.",
      'immutable',
    ],
    [/^POST .*\/uploads\//u, 413, 'adding 3.5 MiB of storage resource will exceed the configured upper limit', 'quota'],
    [put, 403, 'requested access to the resource is denied', 'denied'],
    [/^POST .*\/uploads\//u, 401, 'authentication required', 'unauthorized'],
    [put, 405, 'The operation is unsupported.', 'unsupported'],
    [put, 500, 'internal server error', 'unavailable'],
  ])('%s with %d %s says so, and what the tag still is', async (pattern, status, message, fault) => {
    await using registry = await memoryRegistry({ fault: refuse(pattern, status, message) });
    const before = image(registry, 'prod/shop', 'zero', '1.0.0');
    const { digest } = image(registry, 'staging/shop', 'one', '1.0.0');

    const result = await promoteIn(registry, { digest });

    expect(result).toMatchObject({ ok: false, error: { fault, status }, now: before.digest });
    expect(registry.tags.get('prod/shop:1.0.0')).toBe(before.digest);
  });

  it('with 429 waits as long as it is asked to, and no longer than people would', async () => {
    let left = 1;
    const once: Fault = (request, response) =>
      left > 0 && refuse(/^POST/u, 429, 'slow down', { 'retry-after': '0' })(request, response) && left-- > 0;
    await using patient = await memoryRegistry({ fault: once });
    const { digest } = image(patient, 'staging/shop', 'one', '1.0.0');
    expect(await promoteIn(patient, { digest })).toMatchObject({ ok: true, mounted: 3 });

    await using busy = await memoryRegistry({ fault: refuse(/^POST/u, 429, 'slow down', { 'retry-after': '900' }) });
    const again = image(busy, 'staging/shop', 'one', '1.0.0');
    expect(await promoteIn(busy, { digest: again.digest })).toMatchObject({
      ok: false,
      error: { fault: 'rate_limited', retryAfterMs: 900_000 },
      now: null,
    });
  });
});

describe('a promotion whose connection breaks', () => {
  it.each([/^HEAD .*\/blobs\//u, /^POST /u, /^PUT .*sha256:/u, /^PUT .*\/1\.0\.0$/u])(
    'at %s leaves the tag alone',
    async (at) => {
      await using registry = await memoryRegistry({ fault: cut(at) });
      const { digest } = multiPlatform(registry, 'staging/shop', 'one', '1.0.0');

      const result = await promoteIn(registry, { digest });

      expect(result).toMatchObject({ ok: false, error: { fault: 'unreachable' }, now: null });
      expect(registry.tags.has('prod/shop:1.0.0')).toBe(false);
    },
  );

  it('behind the tag has done the work all the same', async () => {
    await using registry = await memoryRegistry({ after: (line) => line === TAG });
    const { digest } = image(registry, 'staging/shop', 'one', '1.0.0');

    expect(await promoteIn(registry, { digest })).toMatchObject({ ok: true, digest });
  });

  it('and that cannot be read back says that nobody knows', async () => {
    await using registry = await memoryRegistry({ fault: cut(/\/manifests\/1\.0\.0$/u) });
    const { digest } = image(registry, 'staging/shop', 'one');

    expect(await promoteIn(registry, { digest })).toMatchObject({ ok: false, now: undefined, step: 'setting the tag' });
  });

  it('by its deadline ends, and reads the tag back', async () => {
    await using registry = await memoryRegistry({ fault: (request) => request.method === 'POST' });
    const { digest } = image(registry, 'staging/shop', 'one');

    const result = await promoteIn(registry, { digest, signal: AbortSignal.timeout(200) });

    expect(result).toMatchObject({ ok: false, error: { fault: 'timeout' }, now: null });
  });
});

describe('a registry that lies', () => {
  it('about what it took is found out', async () => {
    const pretends: Fault = (request, response) => {
      if (`${request.method} ${request.url}` !== TAG) return false;
      response.writeHead(201).end();
      return true;
    };
    await using registry = await memoryRegistry({ fault: pretends });
    const before = image(registry, 'prod/shop', 'zero', '1.0.0');
    const { digest } = image(registry, 'staging/shop', 'one');

    expect(await promoteIn(registry, { digest })).toMatchObject({
      ok: false,
      step: 'reading the tag back',
      now: before.digest,
    });
  });

  it('about the size of a layer has its upload refused', async () => {
    await using registry = await memoryRegistry({ mounts: false });
    const { config } = registry.read('staging/shop', image(registry, 'staging/shop', 'one').digest) as {
      config: object;
    };
    const layer = { ...registry.blob('staging/shop', 'twelve bytes'), size: 7 };
    const { digest } = registry.manifest('staging/shop', { schemaVersion: 2, config, layers: [layer] });

    expect(await promoteIn(registry, { digest })).toMatchObject({
      ok: false,
      error: { fault: 'invalid_answer' },
      now: null,
    });
    expect(registry.has('prod/shop', layer.digest)).toBe(false);
  });

  it('and names layers of many gigabytes is not copied from', async () => {
    await using registry = await memoryRegistry({ mounts: false });
    const { config } = registry.read('staging/shop', image(registry, 'staging/shop', 'one').digest) as {
      config: object;
    };
    const layer = { ...registry.blob('staging/shop', 'small'), size: 3 * 1024 ** 3 };
    const { digest } = registry.manifest('staging/shop', { schemaVersion: 2, config, layers: [layer] });

    expect(await promoteIn(registry, { digest })).toMatchObject({ ok: false, error: { fault: 'unsupported' } });
    expect(registry.asked.filter((line) => line === `GET /v2/staging/shop/blobs/${layer.digest}`)).toEqual([]);
  });

  it('and sends an upload elsewhere gets no byte there', async () => {
    const elsewhere: Fault = (request, response) => {
      if (request.method !== 'POST') return false;
      response.writeHead(202, { location: 'http://127.0.0.1:9/steal?x=1' }).end();
      return true;
    };
    await using registry = await memoryRegistry({ fault: elsewhere });
    const { digest } = image(registry, 'staging/shop', 'one');

    expect(await promoteIn(registry, { digest })).toMatchObject({
      ok: false,
      error: { fault: 'invalid_answer', said: expect.stringContaining('127.0.0.1:9') },
    });
  });
});

it('whatever a registry answers between, "promoted" is what it gives afterwards', { timeout: 60_000 }, async () => {
  const answers: readonly ((request: IncomingMessage, response: ServerResponse) => boolean)[] = [
    (_, response) => Boolean(response.writeHead(201).end()),
    (_, response) => Boolean(response.writeHead(202, { location: '/v2/prod/shop/blobs/uploads/x' }).end()),
    (_, response) => Boolean(response.writeHead(404).end()),
    (_, response) =>
      Boolean(response.writeHead(200, { 'docker-content-digest': `sha256:${'a'.repeat(64)}` }).end('{}')),
    (_, response) => Boolean(response.writeHead(500).end('<html>')),
    (request) => Boolean(request.socket.destroy()),
  ];
  // A few of the requests, any of them, are answered otherwise; an untouched promotion takes 15.
  const script = fc.uniqueArray(fc.tuple(fc.nat({ max: 16 }), fc.nat({ max: answers.length - 1 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([at]) => at,
  });
  const outcomes = { ok: 0, not: 0 };
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const left = new Map(steps);
      let count = 0;
      const fault: Fault = (request, response) => {
        const answer = left.get(count);
        left.delete(count);
        count += 1;
        return answer === undefined ? false : (answers[answer]?.(request, response) ?? false);
      };
      await using registry = await memoryRegistry({ fault });
      const { digest } = image(registry, 'staging/shop', 'one');

      const result = await promoteIn(registry, { digest });

      outcomes[result.ok ? 'ok' : 'not'] += 1;
      if (result.ok) expect(registry.tags.get('prod/shop:1.0.0')).toBe(digest);
    }),
    { numRuns: 300 },
  );
  expect(Math.min(outcomes.ok, outcomes.not)).toBeGreaterThan(10);
});
