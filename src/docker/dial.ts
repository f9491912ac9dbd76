import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import Docker from 'dockerode';
import { EngineError } from './engine.ts';
import { engineError } from './faults.ts';

// The library follows redirects as new network requests without an error handler: a crafted name could make it call
// any address or end the process. With none allowed it rejects cleanly. It is a dependency of dockerode's own.
const modem = createRequire(createRequire(import.meta.url).resolve('dockerode'))('docker-modem/lib/http') as {
  maxRedirects: number;
};
modem.maxRedirects = 0;

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without the version; already made of guarded parts. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** From the start to the last byte; undefined only for streams, which their reader ends. */
  readonly deadlineMs?: number;
}

export type Target =
  | { readonly socketPath: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly ca?: Buffer;
      readonly cert?: Buffer;
      readonly key?: Buffer;
    };

/** A connection to one engine. Nothing of it comes from DOCKER_* variables, which the library would prefer to us. */
export interface Dial {
  json(call: Call): Promise<unknown>;
  stream(call: Call): Promise<IncomingMessage>;
}

export function createDial(target: Target, version: string | undefined): Dial {
  const blank = {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    protocol: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    username: undefined,
    headers: undefined,
    timeout: undefined,
    connectionTimeout: undefined,
    pathPrefix: undefined,
    sshOptions: undefined,
  };
  const protocol = 'ca' in target && target.ca ? 'https' : 'http';
  const docker = new Docker({ ...blank, ...target, protocol, version } as unknown as Docker.DockerOptions);
  return {
    json: (call) => settle(docker, call, false),
    stream: (call) => settle(docker, call, true) as Promise<IncomingMessage>,
  };
}

// The library's promises may never settle when an engine dies half-way, so the deadline is raced against, not relied upon.
async function settle(docker: Docker, call: Call, isStream: boolean): Promise<unknown> {
  const deadline = call.deadlineMs === undefined ? undefined : AbortSignal.timeout(call.deadlineMs);
  const signals = [call.signal, deadline].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  const gone = () =>
    deadline?.aborted && !call.signal?.aborted
      ? new EngineError('timeout', `No answer within ${(call.deadlineMs ?? 0) / 1000} s.`)
      : new EngineError('aborted', 'Stopped.');
  if (signal.aborted) throw gone();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(gone());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([aborted, dial(docker, call, isStream, signal)]);
  } catch (error) {
    throw signal.aborted ? gone() : engineError(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function dial(docker: Docker, call: Call, isStream: boolean, abortSignal: AbortSignal): Promise<unknown> {
  const query = Object.fromEntries(Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined));
  const options = {
    path: `${call.path}?`,
    method: call.method,
    abortSignal,
    isStream,
    // Without `_query` the library would put a body's fields, secrets too, into the address.
    options: { _query: query, _body: {} },
    headers: { ...call.headers },
    statusCodes: {
      200: true,
      201: true,
      204: true,
      304: true,
      400: 'bad parameter',
      404: 'not found',
      409: 'conflict',
      500: 'server error',
    },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(options as never, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data)));
  });
}
