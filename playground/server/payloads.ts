import { randomUUID } from 'node:crypto';
import { APP, BOT_USER, type Channel, type Person, TEAM, VERIFICATION_TOKEN } from './defaults.ts';
import type { Element } from './elements.ts';
import type { Message } from './state.ts';
import type { Target } from './targets.ts';
import { type View, wire } from './views.ts';
import { wireMessage } from './webapi/chat.ts';

/** A pressed element, with the chosen value. */
export type Pressed = Element & Readonly<Record<`selected_${string}`, unknown>>;

/** Fields of all click and form payloads: the workspace, and the person's organization. */
const common = ({ enterprise }: Person) => ({
  token: VERIFICATION_TOKEN,
  api_app_id: APP,
  team: { id: TEAM, domain: 'fairlead' },
  enterprise: enterprise === undefined ? null : { id: enterprise, name: enterprise },
  is_enterprise_install: false,
});

/** The payload of a slash command. It has no thread: Slack sends none for commands. */
export function slashPayload(
  person: Person,
  channel: Channel,
  typed: { command: string; text: string },
  grants: { response_url: string; trigger_id: string },
): object {
  return {
    token: VERIFICATION_TOKEN,
    team_id: person.team ?? TEAM,
    team_domain: 'fairlead',
    ...(person.enterprise === undefined ? {} : { enterprise_id: person.enterprise }),
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: person.id,
    user_name: person.name,
    ...typed,
    api_app_id: APP,
    is_enterprise_install: 'false',
    ...grants,
  };
}

/**
 * The payload of a click in a message. An ephemeral message is not included: the app has to identify it by its
 * container.
 */
export function clickPayload(
  { person, channel, message }: Extract<Target, { kind: 'message' }>,
  values: object,
  pressed: Pressed,
  grants: { response_url: string; trigger_id: string; now: number },
): object {
  const { now, ...given } = grants;
  return {
    type: 'block_actions',
    user: user(person),
    ...common(person),
    ...messageParts(channel, message),
    state: { values },
    ...given,
    actions: [action(pressed, now)],
  };
}

function messageParts(channel: Channel, message: Message): object {
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: message.ephemeral,
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channel.name },
    ...(message.ephemeral ? {} : { message: wireMessage(message) }),
  };
}

/** The payload that asks the app for options, when a person types into an external select. */
export function suggestionPayload(target: Target, query: string): object {
  const { person, element } = target;
  const place =
    target.kind === 'view'
      ? { container: { type: 'view', view_id: target.view.id }, view: wire(target.view) }
      : messageParts(target.channel, target.message);
  const { action_id, block_id } = element;
  return {
    type: 'block_suggestion',
    user: user(person),
    ...common(person),
    ...place,
    action_id,
    block_id,
    value: query,
  };
}

export function viewClickPayload(
  { person, view }: Extract<Target, { kind: 'view' }>,
  values: object,
  pressed: Pressed,
  grants: { trigger_id: string; now: number },
): object {
  const { now, trigger_id } = grants;
  const container = { type: 'view', view_id: view.id };
  const actions = [action(pressed, now)];
  return {
    type: 'block_actions',
    user: user(person),
    ...common(person),
    container,
    trigger_id,
    view: wire(view, values),
    actions,
  };
}

export function submissionPayload(person: Person, view: View, values: object, trigger_id: string): object {
  const filled = wire(view, values);
  return {
    type: 'view_submission',
    user: user(person),
    ...common(person),
    trigger_id,
    view: filled,
    response_urls: [],
  };
}

export function closedPayload(person: Person, view: View, isCleared: boolean): object {
  return { type: 'view_closed', user: user(person), ...common(person), view: wire(view), is_cleared: isCleared };
}

/** The envelope of an event. `author` is given when the person belongs to another workspace. */
export function eventPayload(event: object, now: number, author?: Person): object {
  return {
    token: VERIFICATION_TOKEN,
    team_id: TEAM,
    api_app_id: APP,
    event,
    type: 'event_callback',
    event_id: `Ev${randomUUID()}`,
    event_time: Math.floor(now / 1000),
    authorizations: [
      { enterprise_id: null, team_id: TEAM, user_id: BOT_USER, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: author?.team !== undefined,
  };
}

export function mentionEvent(message: Message, { team }: Person): object {
  const { ts, channel, author, text, threadTs, edited, files } = message;
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  const edit = edited > 0 ? { edited: { user: author, ts } } : {};
  const home = team === undefined ? { team: TEAM } : { team, user_team: team, source_team: team };
  const shared = files.length === 0 ? {} : { files: files.map(({ id, name }) => ({ id, name })) };
  return { type: 'app_mention', user: author, text, ts, ...home, channel, event_ts: ts, ...thread, ...edit, ...shared };
}

function user({ id, name, team = TEAM }: Person): object {
  return { id, username: name, name, team_id: team };
}

// A button's text and value, or the chosen value; without the other options.
function action(pressed: Pressed, now: number): object {
  const { options: _, option_groups: __, confirm: ___, ...said } = pressed as Pressed & { confirm?: unknown };
  return { ...said, action_ts: (now / 1000).toFixed(6) };
}
