import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpApiEvent } from './events.ts';
import { createFunction, type LambdaFunction } from './function.ts';
import { type InvokeServer, startInvoke } from './invoke.ts';
import { AWS_CREDENTIALS } from './signed.ts';
import { type QueueServer, startQueue } from './sqs.ts';

/** Fairlead as functions: front behind HTTP, a queue, worker and schedule, each a process in a frozen-between-events sandbox. */
export interface Functions {
  /** Where Slack posts to. */
  readonly url: string;
  readonly front: LambdaFunction;
  readonly worker: LambdaFunction;
  readonly schedule: LambdaFunction;
  readonly queue: QueueServer;
  readonly invocations: InvokeServer;
  log(): string;
  /** Resolves once the log has so many lines with these words. */
  said(words: string, times?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  /** How often the schedule is called, in milliseconds; 0: only by the test. */
  readonly scheduleMs?: number;
  readonly timeoutMs?: number;
  readonly visibilityMs?: number;
  /** How the worker hears of work; the queue unless said otherwise. */
  readonly handOver?: 'queue' | 'invoke';
}

/**
 * Starts the functions of `dist/lambda`, copied to where no library is installed, as AWS has them, with this environment, which
 * has a DATABASE_URL of PostgreSQL and a SLACK_SIGNING_SECRET. For a local Slack: `slack.setRequestUrl(functions.url)`.
 */
export async function launchFunctions(env: NodeJS.ProcessEnv, options: FunctionsOptions = {}): Promise<Functions> {
  const { scheduleMs = 1000, timeoutMs = 15 * 60_000, visibilityMs = 60_000 } = options;
  const { handOver = 'queue' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-functions-'));
  cpSync('dist/lambda', folder, { recursive: true });
  let log = '';
  const looks = new Set<() => void>();
  const add = (chunk: string) => {
    log = (log + chunk).slice(-400_000);
    for (const look of looks) look();
  };
  const queue = await startQueue({
    visibilityMs,
    mostReceives: 3,
    async deliver(record) {
      const answer = await worker.invoke({ Records: [{ ...record, eventSource: 'aws:sqs', attributes: {} }] });
      return (answer as { batchItemFailures: readonly object[] }).batchItemFailures.length === 0;
    },
  });
  const invocations = await startInvoke({ retryMs: visibilityMs, deliver: (event) => worker.invoke(event) });
  const told =
    handOver === 'queue'
      ? { FAIRLEAD_QUEUE_URL: queue.url }
      : { FAIRLEAD_WORKER_FUNCTION: invocations.function, AWS_ENDPOINT_URL_LAMBDA: invocations.endpoint };
  const made = (name: string, ms: number): LambdaFunction =>
    createFunction({
      file: join(folder, `${name}.mjs`),
      timeoutMs: ms,
      log: add,
      env: {
        ...AWS_CREDENTIALS,
        ...told,
        ...env,
        AWS_LAMBDA_FUNCTION_NAME: name,
      },
    });
  // Longer than AWS gives the front: on a busy machine a cold start may take that long, and Slack's own time is what counts.
  const [front, worker, schedule] = [made('front', 30_000), made('worker', timeoutMs), made('schedule', 120_000)];

  const server = createServer((request, response) => {
    const handled = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await front.invoke(httpApiEvent(request.headers, Buffer.concat(chunks)));
      const { statusCode, headers, body } = answer as {
        statusCode: number;
        headers: Record<string, string>;
        body: string;
      };
      response.writeHead(statusCode, headers).end(body);
    };
    handled().catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));

  let isScheduling = false;
  const tick = async () => {
    if (isScheduling) return;
    isScheduling = true;
    await schedule.invoke({ source: 'aws.scheduler' }).catch((error) => add(`schedule: ${error}\n`));
    isScheduling = false;
  };
  const timer = scheduleMs === 0 ? undefined : setInterval(() => void tick(), scheduleMs);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    front,
    worker,
    schedule,
    queue,
    invocations,
    log: () => log,
    said: (words, times = 1) =>
      new Promise((resolve) => {
        const look = () => {
          if (log.split('\n').filter((line) => line.includes(words)).length < times) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    async stop() {
      clearInterval(timer);
      await Promise.all([queue.stop(), invocations.stop()]);
      await Promise.all([front.end(), worker.end(), schedule.end()]);
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
      // A killed bot has been stopped before.
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
