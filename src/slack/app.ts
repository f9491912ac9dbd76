import bolt from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Deps } from '../handlers/deps.ts';
import type { Log } from '../telemetry.ts';
import { createBoard, type SlackBoard } from './cards/board.ts';
import { createSlackApi } from './client/client.ts';
import { clientOptions } from './client/client-options.ts';
import { type Identity, identify } from './client/identity.ts';
import { libraryLog } from './client/library-log.ts';
import { BY_NAME } from './commands.ts';
import { listenToActions } from './listeners/actions.ts';
import { listenToCommands } from './listeners/commands.ts';
import { listenToEvents } from './listeners/events.ts';
import { createFirstTimes } from './listeners/first-times.ts';
import { createHome } from './listeners/home.ts';
import type { Listening } from './listeners/listening.ts';
import { listenToViews } from './listeners/views.ts';

export interface SlackSettings {
  readonly receiver: bolt.Receiver;
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly log: Log;
  depsOf(client: WebClient, board: SlackBoard): Deps;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
  /** Lets the shutdown wait for what is under way. */
  track(work: Promise<void>): Promise<void>;
}

export interface SlackApp {
  readonly deps: Deps;
  readonly board: SlackBoard;
  /** Asks Slack whose token the bot has. Rejects with a `UserError` when it is of another workspace. */
  identify(): Promise<void>;
}

/**
 * Registers everything Slack can send: any slash command, any button, any form, any mention. All become a command line and
 * take the same path.
 */
export function createApp({ receiver, token, apiUrl, log, depsOf, signal, track }: SlackSettings): SlackApp {
  const logger = libraryLog(log);
  const options = { ...clientOptions(apiUrl), logger };
  let identity: Identity = {};
  // Asked of Slack by the code that connects: Bolt would ask at once, and once.
  const authorize = async () => ({ botToken: token, ...identity });
  const app = new bolt.App({ receiver, authorize, convoStore: false, logger, clientOptions: options });
  // Bolt's own clients stop every call while Slack limits one: they are used for nothing.
  const api = createSlackApi(token, options);
  // Whoever connects tries again by themselves.
  const oneTry = new WebClient(token, { ...options, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
  const board = createBoard(api.client, () => deps);
  const deps: Deps = depsOf(api.client, board);
  const listening: Listening = {
    deps,
    commands: BY_NAME,
    board,
    api,
    signal,
    track,
    showHome: createHome(() => deps, signal),
    isFirst: createFirstTimes(),
  };
  listenToCommands(app, listening);
  listenToActions(app, listening);
  listenToViews(app, listening);
  listenToEvents(app, listening);
  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
  return {
    deps,
    board,
    async identify() {
      identity = await identify(oneTry, deps.config);
    },
  };
}
