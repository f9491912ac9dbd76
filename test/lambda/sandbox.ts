import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runFirst } from '../bed/run-first.ts';

/** One execution environment of a function: it runs one invocation at a time, and stands still between two. */
export interface Sandbox {
  readonly child: ChildProcess;
  /** Resolves once it is loaded and stands still, or is gone. */
  readonly loaded: Promise<void>;
  /** Rejects when the handler throws, the process ends, or the time is up; then the sandbox is gone. */
  invoke(event: unknown): Promise<unknown>;
  isGone(): boolean;
  /** Whether it ended by itself: not by a SIGKILL. */
  hasCrashed(): boolean;
  end(): Promise<void>;
}

export interface SandboxOptions {
  /** The function's file. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  log(chunk: string): void;
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Starts a sandbox with a runtime API of its own, by the documented contract (2018-06-01); what it does not have is 404. */
export async function startSandbox({ file, env, timeoutMs, log }: SandboxOptions): Promise<Sandbox> {
  let current: Invocation | undefined;
  let waiting: ServerResponse | undefined;
  let isGone = false;
  let hasCrashed = false;
  const loaded = Promise.withResolvers<void>();

  const serve = (invocation: Invocation, response: ServerResponse) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:000000000000:function:test',
    });
    response.end(JSON.stringify(invocation.event));
  };
  const finish = (path: string, body: string) => {
    const found = /^\/invocation\/([^/]+)\/(response|error)$/u.exec(path);
    if (!current || found?.[1] !== current.id) return false;
    const { resolve, reject } = current;
    current = undefined;
    if (found[2] === 'response') resolve(JSON.parse(body));
    else reject(new Error((JSON.parse(body) as { errorMessage: string }).errorMessage));
    return true;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = /^\/2018-06-01\/runtime(\/.*)$/u.exec(request.url ?? '')?.[1] ?? '';
    if (request.method === 'GET' && path === '/invocation/next') {
      if (current) return serve(current, response);
      waiting = response;
      // Frozen until the next event.
      child.kill('SIGSTOP');
      return loaded.resolve();
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.method === 'POST' && path === '/init/error') log(`init error: ${body}\n`);
    else if (request.method !== 'POST' || !finish(path, body)) return void response.writeHead(404).end();
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [`${import.meta.dirname}/runtime-loop.ts`, file], {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  runFirst(child);
  child.stderr.on('data', (chunk: Buffer) => log(chunk.toString()));
  const closed = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      isGone = true;
      hasCrashed = signal !== 'SIGKILL';
      loaded.resolve();
      current?.reject(new Error(`The function ended with ${code ?? signal}.`));
      server.close();
      server.closeAllConnections();
      resolve();
    });
  });

  return {
    child,
    loaded: loaded.promise,
    isGone: () => isGone,
    hasCrashed: () => hasCrashed,
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (isGone || current) return reject(new Error('The sandbox cannot take an event.'));
        const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
        const ended = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            clearTimeout(timer);
            settle(value);
          };
        };
        current = { id: randomUUID(), event, resolve: ended(resolve), reject: ended(reject) };
        const response = waiting;
        waiting = undefined;
        if (!response) return;
        child.kill('SIGCONT');
        serve(current, response);
      }),
    async end() {
      if (!isGone) child.kill('SIGKILL');
      await closed;
    },
  };
}
