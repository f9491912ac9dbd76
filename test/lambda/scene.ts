import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Postgres } from '../bed/postgres.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';
import { type Functions, type FunctionsOptions, launchFunctions } from './launch.ts';
import { warmFront } from './warm-front.ts';

/** Functions between a local Slack and a database of their own. */
export interface LambdaScene extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly functions: Functions;
  readonly store: Store;
  readonly env: NodeJS.ProcessEnv;
}

export interface LambdaSceneOptions extends FunctionsOptions {
  /** Beside the usual environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether a front runs from the beginning: a cold start is not what is tested. */
  readonly warm?: boolean;
}

export async function lambdaScene(
  postgres: Postgres,
  config: object,
  { env: more, warm, ...options }: LambdaSceneOptions = {},
): Promise<LambdaScene> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-lambda-'));
  writeFileSync(join(folder, 'fairlead.yml'), JSON.stringify(config));
  const slack = await startSlack();
  const env = {
    PATH: process.env['PATH'],
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: await postgres.url(),
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    ...more,
  };
  const functions = await launchFunctions(env, options);
  if (warm) await warmFront(functions, slack.tokens.signingSecret);
  slack.setRequestUrl(functions.url);
  const store = await openStore(env.DATABASE_URL, KEYS);
  return {
    slack,
    functions,
    store,
    env,
    async [Symbol.asyncDispose]() {
      await functions.stop();
      await store.close();
      await slack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
