import { request } from 'node:http';
import type { Readable } from 'node:stream';

export interface EngineAnswer {
  readonly status: number;
  readonly text: string;
}

/** One bare call to an engine, for setting a scene: the product's own adapter is what is being shown or tested. */
export function callEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: object | Readable,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const isStream = body !== undefined && 'pipe' in body;
    const text = body === undefined || isStream ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        socketPath,
        method,
        path,
        headers: { ...(isStream ? {} : { 'content-type': 'application/json' }), ...headers },
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
    else outgoing.end(text);
  });
}

/** The same, which throws what the engine said when it did not do it. */
export async function mustCall(
  socketPath: string,
  method: string,
  path: string,
  body?: object | Readable,
  headers?: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, text } = await callEngine(socketPath, method, path, body, headers);
  if (status >= 400 || text.includes('"errorDetail"'))
    throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`);
  return text;
}
