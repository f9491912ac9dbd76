import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Docker from 'dockerode';
import { parseJson, readChunks, readStart, startOf, TooLarge } from '../../paced/json.ts';
import { anySignal, deadline, rejectOnAbort } from './abort.ts';
import { EngineError } from './engine-error.ts';
import { errorFromResponse, toEngineError } from './faults.ts';

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Without the API version. Every part has been validated (`ids.ts`). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; never part of the URL. */
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum bytes of the answer, below that of all answers. */
  readonly mostBytes?: number;
  /** Milliseconds until the last byte of an answer, or until the first of a stream. */
  readonly deadlineMs: number;
}

export type Target =
  | { readonly socketPath: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly agent: http.Agent;
      readonly ca?: Buffer;
      readonly cert?: Buffer;
      readonly key?: Buffer;
    };

export interface Dial {
  json(call: Call): Promise<unknown>;
  stream(call: Call): Promise<IncomingMessage>;
}

interface Modem {
  dial(options: object, done: (error: unknown, response: IncomingMessage) => void): void;
}

/**
 * Maximum bytes of one answer. A container takes about 800 bytes in a list, 2500 with the labels of Compose, so this is
 * more than 3000 containers. Logs and pulls are streams, bounded per line.
 */
const MAX_ANSWER_BYTES = 8_000_000;
/** Maximum bytes read of an error: the cause is in its first sentence. */
const MAX_ERROR_BYTES = 16_000;
// All statuses are accepted, since the library drops the body of those it takes for errors.
const STATUSES = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

type Library = new (options: Docker.DockerOptions) => Modem;

let library: Promise<Library> | undefined;

/**
 * Loads dockerode's connection on first use. Its classes for containers and the like are not used here; they bring gRPC and
 * protobuf along, in one turn of more than 100 ms.
 */
export function loadLibrary(): Promise<Library> {
  library ??= load();
  return library;
}

async function load(): Promise<Library> {
  await nextTurn();
  // From source, this brings ssh2, the largest part, in a turn of its own. It is not used (`ssh.ts`), and not in the built files.
  // @ts-expect-error It has no types.
  await import('docker-modem/lib/ssh.js');
  await nextTurn();
  const { default: loaded } = await import('docker-modem');
  // @ts-expect-error It has no types.
  const { default: wrappers } = await import('docker-modem/lib/http.js');
  // The library follows redirects as new requests: a redirect could make it call any address, and an unknown scheme
  // ends the process. With Node's own modules in place of its wrappers a redirect is an ordinary answer.
  Object.assign(wrappers, { http, https, maxRedirects: 0 });
  return loaded as Library;
}

/** Receives the `Api-Version` header of each answer: the newest version the engine supports. Proxies may drop it. */
export type OnApiVersion = (newest: string | undefined) => void;

/**
 * Sends requests to one engine. Nothing is read from DOCKER_* variables, which the library would prefer to its options.
 */
export function createDial(target: Target, version: string | undefined, hear: OnApiVersion): Dial {
  let opened: Modem | undefined;
  const modem = async () => {
    const loaded = await loadLibrary();
    opened ??= createModem(loaded, target, version);
    return opened;
  };
  const ask = async (call: Call, signal: AbortSignal) => {
    const response = await dialWithRetry(await modem(), call, signal);
    const { 'api-version': newest } = response.headers;
    hear(typeof newest === 'string' ? newest : undefined);
    return response;
  };
  return {
    json: (call) => withDeadline(call, async (signal) => readAnswer(await ask(call, signal), call.mostBytes)),
    stream: (call) =>
      withDeadline(call, async (signal) => {
        const response = await ask(call, signal);
        // The reader gets the error of a broken stream; without a reader it must not become an uncaught exception.
        response.on('error', () => {});
        if (response.statusCode === 200) return response;
        await readAnswer(response);
        throw new EngineError('protocol', 'An answer without a stream.', response.statusCode);
      }),
  };
}

function createModem(loaded: Library, target: Target, version: string | undefined): Modem {
  const own = {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    agent: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  const unset = { timeout: undefined, connectionTimeout: undefined, pathPrefix: undefined, sshOptions: undefined };
  const protocol = 'ca' in target && target.ca ? 'https' : 'http';
  // Its types know no option that is set to nothing.
  const options: object = { ...own, ...unset, username: undefined, headers: undefined, ...target, protocol, version };
  // Overriding is not enough: a DOCKER_HOST that it cannot parse, or certificates it cannot read, make the library
  // throw.
  const { DOCKER_HOST: before } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    return new loaded(options as Docker.DockerOptions);
  } finally {
    if (before !== undefined) process.env['DOCKER_HOST'] = before;
  }
}

// The library's promises may never settle when an engine dies, so the deadline is raced against them.
async function withDeadline<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = deadline(call.deadlineMs);
  const signal = anySignal(call.signal, limit.signal);
  try {
    return await rejectOnAbort(signal.aborted ? new Promise<T>(() => {}) : work(signal), signal);
  } catch (error) {
    throw toEngineError(error);
  } finally {
    limit.clear();
  }
}

async function dialWithRetry(modem: Modem, call: Call, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    return await dial(modem, call, signal);
  } catch (error) {
    // A kept-alive connection may be closed by an engine that restarted; a read can be repeated.
    if (
      (call.method !== 'GET' && call.method !== 'HEAD') ||
      signal.aborted ||
      (error as { code?: string }).code !== 'ECONNRESET'
    )
      throw error;
    return dial(modem, call, signal);
  }
}

function dial(modem: Modem, call: Call, abortSignal: AbortSignal): Promise<IncomingMessage> {
  const query = Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined));
  const options = {
    path: Object.keys(query).length > 0 ? `${call.path}?` : call.path,
    method: call.method,
    abortSignal,
    isStream: true,
    statusCodes: STATUSES,
    // Without `_query` the library would put the fields of a body, secrets too, into the URL.
    options: { _query: query, _body: call.body ?? {} },
    headers: { ...call.headers },
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

async function readAnswer(response: IncomingMessage, mostBytes = MAX_ANSWER_BYTES): Promise<unknown> {
  const status = response.statusCode ?? 0;
  // 304: nothing to do.
  if (status !== 304 && (status < 200 || status >= 300))
    throw errorFromResponse(status, await readStart(response, MAX_ERROR_BYTES));
  let chunks: readonly Uint8Array[] = [];
  try {
    chunks = await readChunks(response, mostBytes);
    return isBlank(chunks) ? undefined : await parseJson(chunks);
  } catch (error) {
    if (error instanceof TooLarge) throw new EngineError('too_large', error.message, status, { cause: error });
    if (!(error instanceof SyntaxError)) throw error;
    throw errorFromResponse(status, startOf(chunks, MAX_ERROR_BYTES));
  }
}

// Podman answers OK where Docker answers nothing.
const isBlank = (chunks: readonly Uint8Array[]) => {
  const start = startOf(chunks, 100);
  return start.length < 100 && /^(?:OK)?$/u.test(start.trim());
};
