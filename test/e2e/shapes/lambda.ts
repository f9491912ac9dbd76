import { launchFunctions } from '../../lambda/launch.ts';
import { warmFront } from '../../lambda/warm-front.ts';
import type { Deployed } from './bot.ts';
import { newDatabase, rowsOf, writeRow } from './databases.ts';

/** The functions front, worker and schedule, driven by events; their state is in PostgreSQL. */
export const lambda: Deployed = {
  database: newDatabase,
  stored: rowsOf,
  write: writeRow,
  facing: (slack) => slack,
  async start({ env, slack }) {
    const { signingSecret } = slack.tokens;
    const functions = await launchFunctions({ ...env, SLACK_SIGNING_SECRET: signingSecret });
    await warmFront(functions, signingSecret);
    slack.setRequestUrl(functions.url);
    return {
      get child(): never {
        throw new Error('Functions are no process of their own.');
      },
      hasCrashed: () => [functions.front, functions.worker, functions.schedule].some((one) => one.hasCrashed()),
      url: functions.url,
      log: functions.log,
      end: () => functions.stop(),
    };
  },
};
