import { BOT_USER, type Channel, type Person, SLACKBOT } from './defaults.ts';
import type { Delivered } from './delivery.ts';
import { eventPayload, mentionEvent, slashPayload } from './payloads.ts';
import type { Reply } from './response-urls.ts';
import type { Scene } from './scene.ts';

export interface Typed {
  readonly person: string;
  readonly channel: string;
  readonly text: string;
  readonly threadTs?: string | undefined;
}

export interface TypedResult extends Delivered {
  /** The message's ts, when it was one. */
  readonly ts?: string;
}

/** A person types: a slash command, or a message. */
export async function type(scene: Scene, typed: Typed): Promise<TypedResult> {
  const { person, channel } = scene.present(typed.person, typed.channel);
  return typed.text.startsWith('/') ? command(scene, person, channel, typed) : message(scene, person, channel, typed);
}

async function command(scene: Scene, person: Person, channel: Channel, typed: Typed): Promise<Delivered> {
  const [, name = '', words = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(typed.text) ?? [];
  const slackbot = (text: string) =>
    scene.state.add({
      channel: channel.id,
      author: SLACKBOT,
      text,
      onlyFor: person.id,
      threadTs: typed.threadTs,
    });
  if (!scene.scopes.has('commands') || (scene.commands && !scene.commands.includes(name))) {
    slackbot(`${name} is not a valid command.`);
    return { ok: false, ackMs: 0, error: 'invalid_command' };
  }
  if (typed.threadTs !== undefined) {
    slackbot(`${name} is not supported in threads. Sorry!`);
    return { ok: false, ackMs: 0, error: 'not_supported_in_threads' };
  }
  const place = { person: person.id, channel: channel.id };
  const grants = { response_url: scene.urls.issue(place), trigger_id: scene.triggers.issue(person.id) };
  const said = { command: name, text: words.trim() };
  const sent = await scene.delivery().send('slash_commands', slashPayload(person, channel, said, grants));
  if (!sent.ok) {
    slackbot(`${name} failed with the error "${sent.error}"`);
    return sent;
  }
  const reply = (typeof sent.response === 'object' ? sent.response : null) as Reply | null;
  // An answer for the channel also shows what was typed.
  if (reply?.response_type === 'in_channel')
    scene.state.add({ channel: channel.id, author: person.id, text: entities(typed.text) });
  if (!reply || (reply.text === undefined && reply.blocks === undefined)) return sent;
  const error = scene.urls.say(place, reply);
  // Empty words in an acknowledgement are taken as none.
  if (error === undefined || error === 'no_text') return sent;
  slackbot(`${name} failed with the error "${error}"`);
  return { ...sent, ok: false, error };
}

async function message(scene: Scene, person: Person, channel: Channel, typed: Typed): Promise<TypedResult> {
  const text = entities(typed.text.replace(/(?<![\w@`])@fairlead\b/gu, `<@${BOT_USER}>`));
  const posted = scene.state.add({ channel: channel.id, author: person.id, text, threadTs: typed.threadTs });
  const { ts } = posted;
  // Slack tells an app of mentions where it is a member, and never of those in direct messages.
  const told = channel.members.includes(BOT_USER) && !channel.id.startsWith('D');
  if (!told || !scene.scopes.has('app_mentions:read') || !text.includes(`<@${BOT_USER}>`))
    return { ok: true, ackMs: 0, ts };
  const sent = await scene.events.send(eventPayload(mentionEvent(posted, person), scene.clock.now(), person));
  return { ...sent, ts };
}

/** What Slack makes of typed text: entities, with mentions of people and channels left as they are. */
function entities(text: string): string {
  return text
    .split(/(<(?:@[UW]|#C)[A-Z0-9]+>)/u)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    )
    .join('');
}
