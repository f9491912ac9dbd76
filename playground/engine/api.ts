import { request } from 'node:http';
import type { Readable } from 'node:stream';

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON; a stream as the tar archive it is. */
  readonly body?: object | Readable | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface EngineAnswer {
  readonly status: number;
  readonly text: string;
}

/** One call to an engine, without the product's own client: for preparing what is then shown or tested with that. */
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

/** Throws the engine's error for a call that failed, with its status or in a stream of progress; otherwise gives its text. */
export async function mustSend(socketPath: string, call: EngineRequest): Promise<string> {
  const { status, text } = await sendToEngine(socketPath, call);
  if (status >= 400 || text.includes('"errorDetail"'))
    throw new Error(`${call.method} ${call.path}: ${status} ${text.slice(0, 500)}`);
  return text;
}

export const callEngine = (socketPath: string, method: string, path: string, body?: object): Promise<EngineAnswer> =>
  sendToEngine(socketPath, { method, path, body });

export const mustCall = (socketPath: string, method: string, path: string, body?: object): Promise<string> =>
  mustSend(socketPath, { method, path, body });
