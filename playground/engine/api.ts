import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  /** An object is sent as JSON, a stream as a tar archive. */
  readonly body?: object | Readable | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface EngineAnswer {
  readonly status: number;
  readonly text: string;
}

/** Calls an engine without Fairlead's own client, to prepare what is then shown or tested with that client. */
export function sendToEngine(socketPath: string, call: EngineRequest): Promise<EngineAnswer> {
  const { method, path, body, headers, signal } = call;
  return new Promise((resolve, reject) => {
    const isStream = body !== undefined && 'pipe' in body;
    const outgoing = request(
      {
        socketPath,
        method,
        path,
        headers: { 'content-type': isStream ? 'application/x-tar' : 'application/json', ...headers },
        ...(signal ? { signal } : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    if (isStream) (body as Readable).pipe(outgoing);
    else outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Another engine of this machine that starts makes its chains of the firewall anew: for a moment there are none. */
const NO_CHAIN = /iptables.*No chain/su;
const TRIES = 4;

/**
 * Calls an engine and returns the text of the answer. Throws the engine's error, given as a status or within a progress
 * stream.
 */
export async function mustSend(socketPath: string, call: EngineRequest): Promise<string> {
  let { status, text } = await sendToEngine(socketPath, call);
  for (let attempt = 1; attempt < TRIES && status === 500 && NO_CHAIN.test(text); attempt += 1) {
    await sleep(300 * attempt);
    ({ status, text } = await sendToEngine(socketPath, call));
  }
  if (status >= 400 || text.includes('"errorDetail"'))
    throw new Error(`${call.method} ${call.path}: ${status} ${text.slice(0, 500)}`);
  return text;
}

export const callEngine = (socketPath: string, method: string, path: string, body?: object): Promise<EngineAnswer> =>
  sendToEngine(socketPath, { method, path, body });

export const mustCall = (socketPath: string, method: string, path: string, body?: object): Promise<string> =>
  mustSend(socketPath, { method, path, body });
