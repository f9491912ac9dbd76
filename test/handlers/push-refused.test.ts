import { type IncomingMessage, request as send } from 'node:http';
import { expect, it } from 'vitest';
import { makeImage } from '../../playground/engine/images.ts';
import type { Pushed } from '../../src/handlers/images/pushing/types.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { serve } from '../registry/server.ts';
import { openDesk, resultOf } from './desk.ts';

interface Refusal {
  readonly at: RegExp;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The real registry, but for the requests that are refused. */
const refusing = ({ at, status, code, message }: Refusal) =>
  serve((incoming, response) => {
    if (at.test(`${incoming.method} ${incoming.url}`)) {
      incoming.resume();
      const body = code === '' ? `<html>${message}</html>` : JSON.stringify({ errors: [{ code, message }] });
      const type = code === '' ? 'text/html' : 'application/json';
      return response.writeHead(status, { 'content-type': type, connection: 'close' }).end(body);
    }
    const [hostname, port] = bed().registry.host.split(':');
    const { method, url, headers } = incoming;
    const onward = send({ hostname, port, method, path: url, headers }, (answer: IncomingMessage) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on('error', () => response.destroy());
    return incoming.pipe(onward);
  });

const MANIFEST = /^PUT .*\/manifests\//u;
const UPLOAD = /^POST .*\/blobs\/uploads\//u;

// An engine tries again for most of a minute before it gives up on some refusals.
describeWithEngine('/dock push, refused by the registry of a real engine', { timeout: 120_000 }, () => {
  it.each<[string, Refusal, RegExp]>([
    [
      'an immutable tag',
      {
        at: MANIFEST,
        status: 412,
        code: 'PRECONDITION',
        message: "Failed to process request due to 'shop:next' configured as immutable.",
      },
      /immutable/u,
    ],
    [
      'a quota',
      {
        at: UPLOAD,
        status: 403,
        code: 'DENIED',
        message: 'adding 3.5 MiB will exceed the configured upper limit of 10.0 MiB.',
      },
      /quota/u,
    ],
    [
      'a proxy’s limit',
      { at: /^(?:PATCH|PUT .*\/blobs\/)/u, status: 413, code: '', message: 'Request Entity Too Large' },
      /too large/u,
    ],
    [
      'an account that may only read',
      { at: UPLOAD, status: 403, code: 'DENIED', message: 'requested access to the resource is denied' },
      /does not let the account .*push/u,
    ],
    ['an error of its own', { at: MANIFEST, status: 500, code: 'UNKNOWN', message: 'internal server error' }, /./u],
  ])('%s is said as that, with a next step and what the tag is', async (_, refusal, words) => {
    await using registry = await refusing(refusal);
    const { username, password } = bed().registry;
    const name = `${registry.host}/push/${uniqueName('shop')}:next`;
    await makeImage(bed().sockets[0] ?? '', name);
    await using desk = await openDesk({ 'web-1': bed().sockets[0] ?? '' }, ['push'], {
      registries: { [registry.host]: { username, password } },
      images: { push: [`${registry.host}/push/*`] },
    });

    const pushed = resultOf<Pushed>(await desk.say(`/dock push ${name}`));

    expect(pushed).toMatchObject({ state: 'failed', hosts: [], now: null });
    expect(pushed.failures).toMatchObject([
      { host: 'web-1', summary: expect.stringMatching(words), tryThis: expect.anything(), fromEngine: true },
    ]);
  });
});
