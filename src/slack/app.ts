import bolt from '@slack/bolt';
import { clientOptions } from './client/client-options.ts';
import { libraryLog } from './client/library-log.ts';
import { BY_NAME } from './commands.ts';
import { listenToActions } from './listeners/actions.ts';
import { listenToCommands } from './listeners/commands.ts';
import { listenToEvents } from './listeners/events.ts';
import { createFirstTimes } from './listeners/first-times.ts';
import { createHome } from './listeners/home.ts';
import type { Listening } from './listeners/listening.ts';
import { listenToOptions } from './listeners/options.ts';
import { listenToViews } from './listeners/views.ts';
import type { Sender, SenderSettings } from './sender.ts';

export interface Receiving extends Pick<SenderSettings, 'token' | 'apiUrl' | 'log'> {
  readonly receiver: bolt.Receiver;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
  /** Lets the shutdown wait for what is under way. */
  track(work: Promise<void>): Promise<void>;
}

/**
 * Registers everything Slack can send: any slash command, any button, any form, any mention. All become a command line and
 * take the same path.
 */
export function listen({ receiver, token, apiUrl, log, signal, track }: Receiving, sender: Sender): void {
  const { api, board, deps } = sender;
  const logger = libraryLog(log);
  // Asked of Slack by the code that connects: Bolt would ask at once, and once.
  const authorize = async () => ({ botToken: token, ...sender.identity() });
  // Bolt's own clients stop every call while Slack limits one: they are used for nothing.
  const clients = { ...clientOptions(apiUrl), logger };
  const app = new bolt.App({ receiver, authorize, convoStore: false, logger, clientOptions: clients });
  const listening: Listening = {
    deps,
    commands: BY_NAME,
    board,
    api,
    signal,
    track,
    showHome: createHome(() => deps, signal),
    isFirst: createFirstTimes(deps),
  };
  listenToCommands(app, listening);
  listenToActions(app, listening);
  listenToViews(app, listening);
  listenToOptions(app, listening);
  listenToEvents(app, listening);
  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
}
