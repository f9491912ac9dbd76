import bolt from '@slack/bolt';
import { commandOf, UMBRELLA } from '../commands/parse.ts';
import { quoteWord } from '../commands/words.ts';
import type { FormResult } from '../handlers/deploy/form.ts';
import { handle } from '../handlers/pipeline.ts';
import type { Deps, Incoming } from '../handlers/types.ts';
import { cut } from '../text/cut.ts';
import { channelOf } from './blocks.ts';
import { createBoard, type SlackBoard } from './board.ts';
import { clientOptions } from './client-options.ts';
import { type About, converse } from './conversation.ts';
import { deployForm, errorBlock, type FormPlace, type FormValues, lineOf } from './forms.ts';
import { createHome } from './home.ts';
import { mentionedLine } from './mention.ts';
import { foreign, type Origin } from './origin.ts';
import { createOutlet, type Means, type Payload, type Place } from './outlet.ts';
import { asPlainText } from './plain.ts';

export interface SlackSettings {
  readonly token: string;
  readonly apiUrl: string | undefined;
}

type Client = bolt.App['client'];

/**
 * Registers everything Slack can send: any slash command, any button, any form, any mention. All become a command line and
 * take the same way. `signal` fires at shutdown; `track` lets the shutdown wait for what is under way.
 */
export function createApp(
  receiver: bolt.Receiver,
  settings: SlackSettings,
  depsOf: (client: Client, board: SlackBoard) => Deps,
  signal: AbortSignal,
  track: (work: Promise<void>) => Promise<void>,
): { readonly app: bolt.App; readonly deps: Deps; readonly board: SlackBoard } {
  const app = new bolt.App({
    receiver,
    token: settings.token,
    deferInitialization: true,
    convoStore: false,
    clientOptions: clientOptions(settings.apiUrl),
  });
  const board = createBoard(app.client, () => deps);
  const deps: Deps = depsOf(app.client, board);
  const { config, log } = deps;
  const bot = { deps, board, signal };
  const showHome = createHome(() => deps, signal);
  const seen = new Set<string>();
  const ours = (body: Origin): boolean => {
    const from = foreign(body, config.slack);
    if (from !== undefined)
      log.warn({ from, team: body.team_id ?? body.team?.id, app: body.api_app_id }, 'A request was dropped');
    return from === undefined;
  };
  const talk = (
    incoming: Incoming,
    means: Omit<Means, 'log' | 'place'>,
    at: Omit<Place, 'person' | 'channel'> = {},
  ) => {
    const place = { person: incoming.person, channel: incoming.channel, ...at };
    return track(converse({ ...incoming, thread: at.thread }, bot, createOutlet({ ...means, place, log }), place));
  };
  const nothing = { ack: async () => {}, ackCarries: 'nothing' as const };

  app.command(/.*/u, async ({ command, ack, respond, client }) => {
    if (!ours(command)) return ack();
    const name = command.command.replace(/^\//u, '');
    await talk(
      {
        text: name === UMBRELLA ? `${UMBRELLA} ${command.text}` : `${name} ${command.text}`,
        person: command.user_id,
        channel: command.channel_id,
        team: command.team_id,
        source: 'slash',
      },
      {
        client,
        ack: (payload) => ack(payload as never),
        ackCarries: 'answer',
        respond,
        trigger: command.trigger_id,
      },
    );
  });

  app.action(/.*/u, async ({ body, action, ack, respond, client }) => {
    await ack();
    if (!ours(body as Origin)) return;
    const { view, trigger_id: trigger } = body as { view?: OpenView; trigger_id?: string };
    if (view && action.type === 'static_select')
      return refill(view, body.user.id, action.selected_option.value, client);
    if (action.type !== 'button' || action.value === undefined) return;
    const about = channelOf((action as { action_id?: string }).action_id ?? '');
    if (about !== undefined)
      return pressedAway({ line: action.value, person: body.user.id, about, view, trigger }, client);
    const { container, channel } = body as { container?: ClickedIn; channel?: { id: string } };
    await talk(
      {
        text: action.value,
        person: body.user.id,
        channel: channel?.id ?? '',
        team: body.team?.id ?? '',
        source: 'click',
      },
      { client, ...nothing, respond, trigger },
      { thread: container?.thread_ts, onOwn: container?.is_ephemeral === true },
    );
  });

  // A button that is about another channel than the one it is in, if any: it counts there, so the person has to be there.
  const pressedAway = async ({ line, person, about, view, trigger }: PressedAway, client: Client): Promise<void> => {
    let word = `You are not in <#${about}>, so nothing was done there.`;
    let elsewhere = true;
    if ((await deps.people.channels(person))?.has(about)) {
      word = '';
      elsewhere = false;
      const posted = (inChannel: boolean) => {
        elsewhere = inChannel;
        word = inChannel
          ? `:speech_balloon: Said in <#${about}>.`
          : ':speech_balloon: The answer is in *Messages*, above.';
      };
      const { team } = config.slack;
      const incoming = { text: line, person, channel: about, team, source: 'click' } as const;
      await talk(incoming, { client, ...nothing, respond: undefined, trigger, posted }, { away: true });
    }
    // What was answered in direct messages stands below what was pressed there; of anything else they see nothing.
    if (!view && elsewhere) await client.chat.postMessage({ channel: person, text: word });
    if (view) await showHome(client, person, word === '' ? undefined : word);
  };

  app.event('app_home_opened', async ({ event, body, client }) => {
    const id = (body as { event_id?: string }).event_id ?? event.event_ts;
    if (event.tab !== 'home' || !ours(body as Origin) || !firstTime(seen, id)) return;
    await track(showHome(client, event.user));
  });

  // Another service was chosen in the form: its versions and hosts are looked up as that person, in that channel.
  const refill = async (view: OpenView, person: string, service: string, client: Client): Promise<void> => {
    const place = JSON.parse(view.private_metadata) as FormPlace;
    const incoming: Incoming = {
      text: `deploy ${quoteWord(service)}`,
      person,
      channel: place.channel,
      team: config.slack.team,
      source: 'click',
    };
    const answer = await handle(incoming, deps, { signal, accepted() {}, progress() {} });
    const result = answer.kind === 'result' ? (answer.result as FormResult) : undefined;
    if (result?.kind !== 'form') return;
    await client.views
      .update({ view_id: view.id, hash: view.hash, view: deployForm(result, place) })
      .catch((error) => log.warn({ err: error }, 'A form could not be filled'));
  };

  app.view(/^form-/u, async ({ body, view, ack, client }) => {
    if (!ours(body as Origin)) return ack();
    const place = JSON.parse(view.private_metadata) as FormPlace;
    const values = view.state.values as FormValues;
    const text = lineOf(view.callback_id, values, place);
    const mistake = ({ text }: Payload, about: About | undefined) =>
      ack({
        response_action: 'errors',
        errors: { [errorBlock(values, about)]: cut(asPlainText(text, config.channels), 300) },
      });
    await talk(
      { text, person: body.user.id, channel: place.channel, team: body.team?.id ?? '', source: 'click' },
      {
        client,
        ack: (payload, about) => (payload ? mistake(payload, about) : ack()),
        ackCarries: 'mistake',
        respond: undefined,
      },
      { thread: place.thread },
    );
  });

  const isCommand = (line: string) => {
    try {
      return commandOf(line, deps.specs, config.slack.prefix) !== undefined;
    } catch {
      return false;
    }
  };

  app.event('app_mention', async ({ event, body, client, context }) => {
    const id = (body as { event_id?: string }).event_id ?? event.ts;
    if (!ours(body as Origin) || event.user === undefined || !firstTime(seen, id)) return;
    const text = mentionedLine(event.text, context.botUserId ?? '', isCommand);
    if (text === undefined) return;
    await talk(
      {
        text,
        person: event.user,
        channel: event.channel,
        team: (body as Origin).team_id ?? '',
        source: 'mention',
      },
      { client, ...nothing, respond: undefined },
      { thread: event.thread_ts },
    );
  });

  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
  return { app, deps, board };
}

interface ClickedIn {
  readonly thread_ts?: string;
  readonly is_ephemeral?: boolean;
}

interface PressedAway {
  readonly line: string;
  readonly person: string;
  /** The channel it is about. */
  readonly about: string;
  /** The home tab, when it was pressed there. */
  readonly view: OpenView | undefined;
  readonly trigger: string | undefined;
}

interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly private_metadata: string;
}

// Slack sends an event again when it was not answered quickly; a command must not run twice for it.
function firstTime(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  if (seen.size > 1000) seen.delete(seen.values().next().value as string);
  return true;
}
