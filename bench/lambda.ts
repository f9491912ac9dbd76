import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { startSlack } from '../playground/server/index.ts';
import config, { PARTS } from '../rolldown.lambda.config.ts';
import { startPostgres } from '../test/bed/postgres.ts';
import { AWS_CREDENTIALS } from '../test/lambda/signed.ts';
import { startQueue } from '../test/lambda/sqs.ts';
import type { BenchEnvironment } from './environment.ts';
import { type ColdStart, coldStart } from './lambda/cold-start.ts';
import { allKb, loadedKb } from './lambda/sizes.ts';
import { median } from './measure.ts';

const ROUNDS = 15;
const FRONT = 'dist/lambda/front.mjs';

/**
 * Cold starts of functions, each in a new process: from its start, the import of the bundle included, until its answer to
 * a first event is there. The database and the queue are on this machine, without TLS, and the tables were made before.
 */
export async function lambda(bench: BenchEnvironment): Promise<void> {
  const folder = join(bench.folder, 'functions');
  await bundle(folder);
  const env = await environment(bench);
  const [bare, recording, empty] = ['bare-bolt', 'recording-bolt', 'empty'].map((name) => join(folder, `${name}.mjs`));
  const starts = {
    recorded: { file: FRONT, command: '/ps', text: '', says: 'Working on it' },
    mistake: { file: FRONT, command: '/dock', text: 'hepl', says: 'Did you mean' },
    bare: { file: bare ?? '', command: '/ps', text: '', says: 'ok' },
    recording: { file: recording ?? '', command: '/ps', text: '', says: 'ok' },
    empty: { file: empty ?? '', command: '/ps', text: '', says: '' },
  } satisfies Record<string, ColdStart>;
  const ms = await inTurn(starts, env);
  const theirs = { beside: 'Bolt that only acknowledges', theirs: ms.bare };
  bench.row({ what: 'cold function: /ps, recorded and queued', ours: ms.recorded, ...theirs, asked: 1.2 });
  bench.row({ what: '  a mistake, answered by the front', ours: ms.mistake, ...theirs, asked: 1.2 });
  bench.row({
    what: '  /ps, recorded and queued',
    ours: ms.recorded,
    beside: 'Bolt, one insert, one message',
    theirs: ms.recording,
  });
  bench.fact('  of each: Node and a function that does nothing', ms.empty, 'ms');
  bench.row({
    what: '  size of what is loaded when it starts',
    ours: loadedKb([FRONT, ...Object.keys(PARTS).map((name) => `dist/lambda/chunks/${name}.mjs`)]),
    beside: 'Bolt that only acknowledges',
    theirs: loadedKb([bare ?? '']),
    unit: 'kB',
  });
  bench.fact('  size of the functions with all chunks', allKb('dist/lambda'), 'kB');
}

/** Bundles the functions of `bench/lambda/` as Fairlead's are. */
async function bundle(folder: string): Promise<void> {
  const { output, input: _, ...options } = config;
  const names = ['bare-bolt', 'recording-bolt', 'empty'];
  const input = Object.fromEntries(names.map((name) => [name, `bench/lambda/${name}.ts`]));
  const build = await rolldown({ ...options, input });
  // The tables of characters in Bolt's libraries would be longer to read as ASCII.
  await build.write({ ...output, charset: 'utf8', dir: folder });
  await build.close();
}

/** The environment of all functions. */
async function environment(bench: BenchEnvironment): Promise<NodeJS.ProcessEnv> {
  const postgres = await startPostgres();
  bench.onClose(() => postgres.stop());
  const slack = await startSlack({ rateLimits: false });
  bench.onClose(() => slack.stop());
  const queue = await startQueue({ visibilityMs: 60_000, mostReceives: 1, deliver: async () => true });
  bench.onClose(() => queue.stop());
  // Bolt's function does not ask for TLS either.
  const url = `${await postgres.url()}?sslmode=disable`;
  await postgres.ask(url, 'create table record (id bigserial, at timestamptz default now(), entry text)');
  const { FAIRLEAD_CONFIG } = await bench.config({ hosts: { 'web-1': { socket: '/nowhere/engine.sock' } } });
  return {
    PATH: process.env['PATH'],
    ...AWS_CREDENTIALS,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    DATABASE_URL: url,
    FAIRLEAD_CONFIG,
    FAIRLEAD_QUEUE_URL: queue.url,
    FAIRLEAD_RECORD_KEY: 'be'.repeat(32),
    LOG_LEVEL: 'error',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
  };
}

/** Starts each in turn, so that a slow moment affects all of them. The medians in milliseconds, without a first round. */
async function inTurn<Name extends string>(
  starts: Readonly<Record<Name, ColdStart>>,
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(starts) as Name[];
  const times = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1)
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + 1 + turn) % names.length] as Name;
      const took = await coldStart(starts[name], env);
      if (round >= 0) times.get(name)?.push(took);
    }
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)])) as Record<Name, number>;
}
