import bolt from '@slack/bolt';
import { UMBRELLA } from '../commands/parse.ts';
import type { Deps, Incoming } from '../handlers/types.ts';
import { clientOptions } from './client-options.ts';
import { converse } from './conversation.ts';
import { createOutlet } from './outlet.ts';
import { unescapeEvent } from './text.ts';

export interface SlackSettings {
  readonly token: string;
  readonly apiUrl: string | undefined;
}

type Body = {
  readonly team_id?: string;
  readonly api_app_id?: string;
  readonly team?: { readonly id?: string } | null;
};

/**
 * Registers everything Slack can send: any slash command, any button, any mention. All become a command line and take the
 * same way. `signal` fires at shutdown; `track` lets the shutdown wait for what is under way.
 */
export function createApp(
  receiver: bolt.Receiver,
  settings: SlackSettings,
  depsOf: (client: bolt.App['client']) => Deps,
  signal: AbortSignal,
  track: (work: Promise<void>) => Promise<void>,
): bolt.App {
  const app = new bolt.App({
    receiver,
    token: settings.token,
    deferInitialization: true,
    convoStore: false,
    clientOptions: clientOptions(settings.apiUrl),
  });
  const deps = depsOf(app.client);
  const { config, log } = deps;
  const ours = (body: Body): boolean => {
    const team = body.team_id ?? body.team?.id;
    const fits = team === config.slack.team && (config.slack.app === undefined || body.api_app_id === config.slack.app);
    if (!fits) log.warn({ team, app: body.api_app_id }, 'A request from another workspace or app was dropped');
    return fits;
  };

  app.command(/.*/u, async ({ command, ack, respond, client }) => {
    if (!ours(command)) return ack();
    const name = command.command.replace(/^\//u, '');
    const text = name === UMBRELLA ? `${UMBRELLA} ${command.text}` : `${name} ${command.text}`;
    const incoming: Incoming = {
      text,
      person: command.user_id,
      channel: command.channel_id,
      team: command.team_id,
      source: 'slash',
    };
    const place = { person: command.user_id, channel: command.channel_id };
    await track(
      converse(
        incoming,
        deps,
        createOutlet({ client, place, log, ack: (payload) => ack(payload as never), ackAnswers: true, respond }),
        signal,
      ),
    );
  });

  app.action(/.*/u, async ({ body, action, ack, respond, client }) => {
    await ack();
    if (!ours(body as Body) || action.type !== 'button' || action.value === undefined) return;
    const { container, channel } = body as { container?: { thread_ts?: string }; channel?: { id: string } };
    const where = channel?.id ?? '';
    const incoming: Incoming = {
      text: action.value,
      person: body.user.id,
      channel: where,
      team: body.team?.id ?? '',
      source: 'click',
    };
    const place = { person: body.user.id, channel: where, thread: container?.thread_ts };
    await track(
      converse(
        incoming,
        deps,
        createOutlet({ client, place, log, ack: async () => {}, ackAnswers: false, respond }),
        signal,
      ),
    );
  });

  const seen = new Set<string>();
  app.event('app_mention', async ({ event, body, client }) => {
    if (
      !ours(body as Body) ||
      event.user === undefined ||
      !firstTime(seen, (body as { event_id?: string }).event_id ?? event.ts)
    )
      return;
    const text = unescapeEvent(event.text.replace(/^[\s\S]*?<@[UW][A-Z0-9]+>\s*/u, ''));
    const incoming: Incoming = {
      text,
      person: event.user,
      channel: event.channel,
      team: (body as Body).team_id ?? '',
      source: 'mention',
    };
    const place = { person: event.user, channel: event.channel, thread: event.thread_ts };
    await track(
      converse(
        incoming,
        deps,
        createOutlet({ client, place, log, ack: async () => {}, ackAnswers: false, respond: undefined }),
        signal,
      ),
    );
  });

  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
  return app;
}

// Slack sends an event again when it was not answered quickly; a command must not run twice for it.
function firstTime(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  if (seen.size > 1000) seen.delete(seen.values().next().value as string);
  return true;
}
