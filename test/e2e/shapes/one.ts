import { end, hasCrashed, launch, READY } from '../process.ts';
import { type Deployed, slackUrl } from './bot.ts';
import { bytesOf, newFile, writeInto } from './file.ts';

/** One process, with its database in a file. */
export const one: Deployed = {
  database: newFile,
  stored: bytesOf,
  write: writeInto,
  facing: (slack) => slack,
  async start({ env, mode, slack, port, until }) {
    const bot = launch(env);
    await bot.said(until);
    if (mode === 'http') slack.setRequestUrl(slackUrl(port));
    else if (until === READY) await slack.connected();
    return {
      child: bot.child,
      hasCrashed: () => hasCrashed(bot),
      url: slackUrl(port),
      log: bot.log,
      end: (signal) => end(bot, signal),
    };
  },
};
