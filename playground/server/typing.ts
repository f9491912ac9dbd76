import { BOT_USER, type Channel, type Person, SLACKBOT } from './defaults.ts';
import type { Delivered } from './delivery.ts';
import { eventPayload, mentionEvent, slashPayload } from './payloads.ts';
import type { Reply } from './response-urls.ts';
import type { Message } from './state.ts';
import { fileId } from './webapi/files.ts';
import type { Workspace } from './workspace.ts';

export interface Typed {
  readonly person: string;
  readonly channel: string;
  readonly text: string;
  readonly threadTs?: string | undefined;
  /** Files shared with the message. */
  readonly files?: readonly { readonly name: string; readonly content: string }[];
}

export interface TypedResult extends Delivered {
  /** The ts of the message, if a message was typed. */
  readonly ts?: string;
}

/** A person types a slash command or a message. */
export async function type(workspace: Workspace, typed: Typed): Promise<TypedResult> {
  const { person, channel } = workspace.memberIn(typed.person, typed.channel);
  return typed.text.startsWith('/')
    ? command(workspace, person, channel, typed)
    : message(workspace, person, channel, typed);
}

async function command(workspace: Workspace, person: Person, channel: Channel, typed: Typed): Promise<Delivered> {
  const [, name = '', words = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(typed.text) ?? [];
  const slackbot = (text: string) =>
    workspace.state.add({
      channel: channel.id,
      author: SLACKBOT,
      text,
      onlyFor: person.id,
      threadTs: typed.threadTs,
    });
  if (!workspace.scopes.has('commands') || (workspace.commands && !workspace.commands.includes(name))) {
    slackbot(`${name} is not a valid command.`);
    return { ok: false, ackMs: 0, error: 'invalid_command' };
  }
  if (typed.threadTs !== undefined) {
    slackbot(`${name} is not supported in threads. Sorry!`);
    return { ok: false, ackMs: 0, error: 'not_supported_in_threads' };
  }
  const place = { person: person.id, channel: channel.id };
  const grants = { response_url: workspace.urls.issue(place), trigger_id: workspace.triggers.issue(person.id) };
  const said = { command: name, text: words.trim() };
  const sent = await workspace.delivery().send('slash_commands', slashPayload(person, channel, said, grants));
  if (!sent.ok) {
    slackbot(`${name} failed with the error "${sent.error}"`);
    return sent;
  }
  const reply = (typeof sent.response === 'object' ? sent.response : null) as Reply | null;
  // With an answer for the channel, Slack also shows the command.
  if (reply?.response_type === 'in_channel')
    workspace.state.add({ channel: channel.id, author: person.id, text: entities(typed.text) });
  if (!reply || (reply.text === undefined && reply.blocks === undefined)) return sent;
  const error = workspace.urls.say(place, reply);
  // An empty text in an acknowledgement counts as none.
  if (error === undefined || error === 'no_text') return sent;
  slackbot(`${name} failed with the error "${error}"`);
  return { ...sent, ok: false, error };
}

async function message(workspace: Workspace, person: Person, channel: Channel, typed: Typed): Promise<TypedResult> {
  const text = said(typed.text);
  const files = (typed.files ?? []).map(({ name, content }) => ({ id: fileId(), name, title: name, content }));
  const posted = workspace.state.add({ channel: channel.id, author: person.id, text, threadTs: typed.threadTs, files });
  return told(workspace, posted, person, channel);
}

export interface Edit {
  readonly person: string;
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
}

/** A person edits their message. Slack sends the mention again, as a new event with the same ts. */
export async function edit(workspace: Workspace, { person: id, channel: where, ts, text }: Edit): Promise<TypedResult> {
  const { person, channel } = workspace.memberIn(id, where);
  const found = workspace.state.find(channel.id, ts);
  const edited =
    found?.author === person.id ? workspace.state.edit(found, { text: said(text), blocks: [] }) : undefined;
  if (!edited) throw new Error(`${id} wrote no message ${ts} in ${where}.`);
  return told(workspace, edited, person, channel);
}

async function told(workspace: Workspace, message: Message, person: Person, channel: Channel): Promise<TypedResult> {
  const { ts, text } = message;
  // Slack sends mentions to an app in channels where it is a member, and never in direct messages.
  const isTold = channel.members.includes(BOT_USER) && !channel.id.startsWith('D');
  if (!isTold || !workspace.scopes.has('app_mentions:read') || !text.includes(`<@${BOT_USER}>`))
    return { ok: true, ackMs: 0, ts };
  const sent = await workspace.events.send(eventPayload(mentionEvent(message, person), workspace.clock.now(), person));
  return { ...sent, ts };
}

const said = (typed: string) => entities(typed.replace(/(?<![\w@`])@fairlead\b/gu, `<@${BOT_USER}>`));

/** Escapes typed text as Slack does, and leaves mentions of people and channels as they are. */
function entities(text: string): string {
  return text
    .split(/(<(?:@[UW]|#C)[A-Z0-9]+>)/u)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    )
    .join('');
}
