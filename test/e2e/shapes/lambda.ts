import { sign } from '../../../playground/server/http-delivery.ts';
import { httpApiEvent } from '../../lambda/events.ts';
import { type Functions, launchFunctions } from '../../lambda/launch.ts';
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
    await warm(functions, signingSecret);
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

/**
 * Has the front answer once, which is what the other shapes wait for as well. How long a cold start takes is measured by the
 * benchmarks, and that it counts is tested with the functions; on a busy machine it takes most of Slack's three seconds.
 */
async function warm({ front }: Functions, signingSecret: string): Promise<void> {
  const body = new URLSearchParams({
    command: '/dock',
    text: 'help',
    team_id: 'T0ELSEWHERE',
    user_id: 'U0NOBODY',
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(signingSecret, timestamp, body),
  };
  await front.invoke(httpApiEvent(headers, Buffer.from(body)));
}
