import type { Receiver, ViewResponseAction } from '@slack/bolt';
import { createAcks } from './client/acks.ts';
import { App } from './client/bolt.ts';
import { clientOptions } from './client/client-options.ts';
import { libraryLog } from './client/library-log.ts';
import { BY_NAME } from './commands.ts';
import { type Click, type ClickedElement, onAction } from './listeners/actions.ts';
import { onCommand } from './listeners/commands.ts';
import { createHome } from './listeners/home.ts';
import { onHomeOpened } from './listeners/home-opened.ts';
import type { Intake } from './listeners/intake.ts';
import { FORM_MS, type Listening } from './listeners/listening.ts';
import { type EventBody, onMention } from './listeners/mentions.ts';
import { createOptions, type SuggestionBody } from './listeners/options.ts';
import { onSubmit } from './listeners/views.ts';
import { converse } from './reply/conversation.ts';
import type { Sender, SenderSettings } from './sender.ts';
import { CHOOSE_CONTAINERS } from './views/parts/container-select.ts';

export interface Receiving extends Pick<SenderSettings, 'token' | 'apiUrl' | 'log'> {
  readonly receiver: Receiver;
  readonly intake: Intake;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
  /** Lets the shutdown wait for what is under way. */
  track(work: Promise<void>): Promise<void>;
}

/**
 * Registers everything Slack can send: any slash command, any button, any form, any mention. All become a command line and
 * take the same path.
 */
export function listen({ receiver, intake, token, apiUrl, log, signal, track }: Receiving, sender: Sender): void {
  const { api, board, deps } = sender;
  const logger = libraryLog(log);
  // Asked of Slack by the code that connects: Bolt would ask at once, and once.
  const authorize = async () => ({ botToken: token, ...sender.identity() });
  // Bolt's own clients stop every call while Slack limits one: they are used for nothing.
  const clients = { ...clientOptions(apiUrl), logger };
  const acks = createAcks();
  const app = new App({
    receiver: acks.held(receiver),
    authorize,
    convoStore: false,
    logger,
    clientOptions: clients,
  });
  const listening: Listening = {
    deps,
    commands: BY_NAME,
    board,
    api: async () => api,
    signal,
    track,
    showHome: createHome(() => deps, signal),
    intake,
    formMs: () => FORM_MS,
    converse: (exchange) => converse(exchange, listening),
  };
  app.command(/.*/u, ({ command, ack, respond }) =>
    onCommand(command, { ack: (answer) => ack(answer as Parameters<typeof ack>[0]), respond }, listening),
  );
  app.action(/.*/u, ({ body, action, ack, respond }) =>
    onAction({ body: body as Click, action: action as ClickedElement }, { ack: () => ack(), respond }, listening),
  );
  app.view(/^form-/u, ({ body, ack }) =>
    onSubmit(body, { ack: (answer) => ack(answer as ViewResponseAction | undefined) }, listening),
  );
  const optionsFor = createOptions(listening);
  app.options(CHOOSE_CONTAINERS, async ({ body, ack }) => ack({ options: await optionsFor(body as SuggestionBody) }));
  app.event('app_home_opened', ({ event, body }) =>
    onHomeOpened({ event, body: body as EventBody, ack: acks.of(body) }, listening),
  );
  app.event('app_mention', ({ event, body }) =>
    onMention({ event, body: body as EventBody, ack: acks.of(body) }, listening),
  );
  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
}
