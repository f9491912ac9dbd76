import { end, launch, READY } from '../process.ts';
import type { Deployed } from './bot.ts';
import { bytesOf, newFile } from './file.ts';

/** One process, with its database in a file. */
export const one: Deployed = {
  database: newFile,
  stored: bytesOf,
  facing: (slack) => slack,
  async start({ env, mode, slack, port, until }) {
    const bot = launch(env);
    await bot.said(until);
    if (mode === 'http') slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    else if (until === READY) await slack.connected();
    return { child: bot.child, log: bot.log, end: (signal) => end(bot, signal) };
  },
};
