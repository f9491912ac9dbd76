import bolt from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { commandOf } from '../../commands/language/parse.ts';
import { quoteWord } from '../../commands/language/words.ts';
import { messageOf } from '../../domain/errors.ts';
import type { FormResult } from '../../handlers/deploy/planning/form.ts';
import type { Deps } from '../../handlers/deps.ts';
import { handle } from '../../handlers/pipeline.ts';
import type { Incoming } from '../../handlers/request.ts';
import type { Log } from '../../telemetry.ts';
import { cut } from '../../text/cut.ts';
import { writeCommands } from '../block-kit/commands.ts';
import { channelOf } from '../block-kit/message.ts';
import { asPlainText } from '../block-kit/plain.ts';
import { createBoard, type SlackBoard } from '../cards/board.ts';
import { type Clicked, clickedCard } from '../cards/card-messages.ts';
import { createSlackApi } from '../client/client.ts';
import { clientOptions } from '../client/client-options.ts';
import { type Identity, identify } from '../client/identity.ts';
import { libraryLog } from '../client/library-log.ts';
import { respondAt } from '../client/respond-at.ts';
import { converse } from '../reply/conversation.ts';
import type { About } from '../reply/manner.ts';
import { createOutlet, type Means } from '../reply/outlet.ts';
import type { Payload, Place, Trigger } from '../reply/place.ts';
import { createFirstTimes } from './first-times.ts';
import { deployForm, errorBlock, type FormPlace, type FormValues, lineOf } from './forms.ts';
import { createHome } from './home.ts';
import { mentionedLine } from './mention.ts';
import { foreign, isOutsider, type Origin } from './origin.ts';

export interface SlackSettings {
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly log: Log;
}

export interface SlackApp {
  readonly deps: Deps;
  readonly board: SlackBoard;
  /** Asks Slack whose token the bot has. Rejects with a `UserError` when it is of another workspace. */
  identify(): Promise<void>;
}

/**
 * Registers everything Slack can send: any slash command, any button, any form, any mention. All become a command line and
 * take the same way. `signal` fires at shutdown; `track` lets the shutdown wait for what is under way.
 */
export function createApp(
  receiver: bolt.Receiver,
  settings: SlackSettings,
  depsOf: (client: WebClient, board: SlackBoard) => Deps,
  signal: AbortSignal,
  track: (work: Promise<void>) => Promise<void>,
): SlackApp {
  const { token, apiUrl, log } = settings;
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
  const { client } = api;
  const board = createBoard(client, () => deps);
  const deps: Deps = depsOf(client, board);
  const { config } = deps;
  const { prefix } = config.slack;
  const bot = { deps, board, signal };
  const showHome = createHome(() => deps, signal);
  const isFirst = createFirstTimes();
  const ours = (body: Origin): boolean => {
    const from = foreign(body, config.slack);
    if (from !== undefined)
      log.warn({ from, team: body.team_id ?? body.team?.id, app: body.api_app_id }, 'A request was dropped');
    return from === undefined;
  };
  // No click is silent, of somebody from another company in a shared channel either. They are told nothing else.
  const turnAway = async (body: Origin, respond: bolt.RespondFn | undefined): Promise<void> => {
    if (!isOutsider(body, config.slack)) return;
    const text = 'Only people of the workspace that Fairlead belongs to may use its buttons. Nothing was done.';
    await respond?.({ response_type: 'ephemeral', replace_original: false, text }).catch((error: unknown) =>
      log.warn({ err: messageOf(error) }, 'Somebody of another workspace could not be told so'),
    );
  };
  const talk = (
    incoming: Incoming,
    means: Omit<Means, 'api' | 'log' | 'place' | 'prefix'>,
    at: Omit<Place, 'person' | 'channel'> = {},
  ) => {
    const place = { person: incoming.person, channel: incoming.channel, ...at };
    const outlet = createOutlet({ ...means, api, place, log, prefix });
    return track(converse({ ...incoming, thread: at.thread }, bot, outlet, place));
  };
  const nothing = { ack: async () => {}, ackCarries: 'nothing' as const };

  app.command(/.*/u, async ({ command, ack, respond }) => {
    if (!ours(command) || !isFirst(command.trigger_id)) return ack();
    await talk(
      {
        text: `${command.command} ${command.text}`,
        person: command.user_id,
        channel: command.channel_id,
        team: command.team_id,
        source: 'slash',
      },
      {
        ack: (payload) => ack(payload as never),
        ackCarries: 'answer',
        respond,
        trigger: triggerOf(command.trigger_id),
      },
    );
  });

  app.action(/.*/u, async ({ body, action, ack, respond }) => {
    await ack();
    const { view, trigger_id: id } = body as { view?: OpenView; trigger_id?: string };
    if (!ours(body as Origin)) return void (await turnAway(body as Origin, respond));
    if (!isFirst(id)) return;
    const trigger = triggerOf(id);
    if (view && action.type === 'static_select') return refill(view, body.user.id, action.selected_option.value);
    if (action.type !== 'button' || action.value === undefined) return;
    const about = channelOf((action as { action_id?: string }).action_id ?? '');
    if (about !== undefined) return pressedAway({ line: action.value, person: body.user.id, about, view, trigger });
    const { container, channel, response_url: respondTo } = body as ClickBody;
    const card = clickedCard(body as Clicked, (action as { block_id?: string }).block_id ?? '');
    if (card)
      await board
        .clicked(card.id, card)
        .catch((error) => log.error({ card: card.id, err: error }, 'A card could not be found by its click'));
    await talk(
      {
        text: action.value,
        person: body.user.id,
        channel: channel?.id ?? '',
        team: body.team?.id ?? '',
        source: 'click',
      },
      { ...nothing, respond, trigger },
      { thread: container?.thread_ts, onOwn: container?.is_ephemeral === true, respondTo },
    );
  });

  // A button that is about another channel than the one it is in, if any: it counts there, so the person has to be there.
  const pressedAway = async ({ line, person, about, view, trigger }: PressedAway): Promise<void> => {
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
      await talk(incoming, { ...nothing, respond: undefined, trigger, posted }, { away: true });
    }
    // What was answered in direct messages stands below what was pressed there; of anything else they see nothing.
    if (!view && elsewhere) await client.chat.postMessage({ channel: person, text: word });
    if (view) await showHome(client, person, word === '' ? undefined : word);
  };

  app.event('app_home_opened', async ({ event, body }) => {
    const id = (body as { event_id?: string }).event_id ?? event.event_ts;
    if (event.tab !== 'home' || !ours(body as Origin) || !isFirst(id)) return;
    await track(showHome(client, event.user));
  });

  // Another service was chosen in the form: its versions and hosts are looked up as that person, in that channel.
  const refill = async (view: OpenView, person: string, service: string): Promise<void> => {
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
      .update({ view_id: view.id, hash: view.hash, view: writeCommands(deployForm(result, place), prefix) })
      .catch((error) => log.warn({ err: error }, 'A form could not be filled'));
  };

  app.view(/^form-/u, async ({ body, view, ack }) => {
    if (!ours(body as Origin) || !isFirst((body as { trigger_id?: string }).trigger_id)) return ack();
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
        ack: (payload, about) => (payload ? mistake(payload, about) : ack()),
        ackCarries: 'mistake',
        respond: place.respondTo === undefined ? undefined : respondAt(place.respondTo),
      },
      { thread: place.thread },
    );
  });

  const isCommand = (line: string) => {
    try {
      return commandOf(line, deps.specs, prefix) !== undefined;
    } catch {
      return false;
    }
  };

  app.event('app_mention', async ({ event, body, context }) => {
    // What was edited keeps its time stamp: a command is given by the first text of a message.
    const { channel, ts, user } = event;
    if (!ours(body as Origin) || user === undefined || event.edited !== undefined) return;
    const text = mentionedLine(event.text, context.botUserId ?? '', isCommand);
    if (text === undefined) return;
    // A command that cannot be recorded is refused by the audit log, which says so.
    const failed = (error: unknown) => {
      log.error({ err: error }, 'A message could not be recorded');
      return true;
    };
    if (!(await deps.store.deliveries.isFirst({ channel, ts, at: deps.now() }).catch(failed))) return;
    await talk(
      {
        text,
        person: user,
        channel,
        team: (body as Origin).team_id ?? '',
        source: 'mention',
      },
      { ...nothing, respond: undefined },
      { thread: event.thread_ts },
    );
  });

  app.error(async (error) => {
    log.error({ err: error }, 'A Slack request failed');
    throw error;
  });
  return {
    deps,
    board,
    async identify() {
      identity = await identify(oneTry, config);
    },
  };
}

interface ClickBody {
  readonly container?: ClickedIn;
  readonly channel?: { readonly id: string };
  readonly response_url?: string;
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
  readonly trigger: Trigger | undefined;
}

interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly private_metadata: string;
}

function triggerOf(id: string | undefined): Trigger | undefined {
  return id === undefined ? undefined : { id, at: performance.now() };
}
