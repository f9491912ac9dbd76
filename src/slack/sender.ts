import { WebClient } from '@slack/web-api';
import type { Deps } from '../handlers/deps.ts';
import type { Observer } from '../observe.ts';
import type { Log } from '../telemetry.ts';
import { createBoard, type SlackBoard } from './cards/board.ts';
import { createSlackApi, type SlackApi } from './client/client.ts';
import { clientOptions } from './client/client-options.ts';
import { type Identity, identify } from './client/identity.ts';
import { libraryLog } from './client/library-log.ts';

export interface SenderSettings {
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly log: Log;
  readonly observer: Observer;
  /** Its Web API, where there is one already. */
  readonly api?: SlackApi | undefined;
  depsOf(client: WebClient, board: SlackBoard): Deps;
}

/** Slack's Web API and what is sent over it; it receives nothing. */
export interface Sender {
  readonly api: SlackApi;
  readonly board: SlackBoard;
  readonly deps: Deps;
  /** Asks Slack whose token the bot has. Rejects with a `UserError` when it is of another workspace. */
  identify(): Promise<void>;
  /** Whose token it is, once Slack has said so. */
  identity(): Identity;
}

export function createSender({ token, apiUrl, log, observer, api: given, depsOf }: SenderSettings): Sender {
  const options = { ...clientOptions(apiUrl), logger: libraryLog(log) };
  const api = given ?? createSlackApi(token, options, observer);
  // The connection makes its own attempts.
  const oneTry = new WebClient(token, { ...options, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
  const board = createBoard(api.client, () => deps);
  const deps: Deps = depsOf(api.client, board);
  let identity: Identity = {};
  return {
    api,
    board,
    deps,
    async identify() {
      identity = await identify(oneTry, deps.config);
    },
    identity: () => identity,
  };
}
