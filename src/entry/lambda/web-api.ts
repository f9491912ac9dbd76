import { createSlackApi, type SlackApi } from '../../slack/client/client.ts';
import { clientOptions } from '../../slack/client/client-options.ts';
import { libraryLog } from '../../slack/client/library-log.ts';
import { type Settings, tokenOf } from './settings.ts';

/** Slack's Web API, with the bot's token. */
export function createWebApi({ env, log }: Pick<Settings, 'env' | 'log'>): SlackApi {
  return createSlackApi(tokenOf(env), { ...clientOptions(env.SLACK_API_URL), logger: libraryLog(log) });
}
