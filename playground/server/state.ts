import type { Clock } from './clock.ts';
import { BOT_USER, type Channel, type Person, type UserGroup } from './defaults.ts';
import type { LoggedRequest } from './logged-request.ts';

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly content: string;
}

export interface Message {
  readonly ts: string;
  readonly channel: string;
  /** The id of a person, of the bot, or of Slackbot. */
  readonly author: string;
  readonly ephemeral: boolean;
  /** The only person who sees an ephemeral message. */
  readonly onlyFor: string | undefined;
  readonly threadTs: string | undefined;
  readonly text: string;
  readonly blocks: readonly unknown[];
  /** The number of edits. */
  readonly edited: number;
  readonly files: readonly StoredFile[];
  readonly metadata?: Metadata | undefined;
}

/** Metadata that an app attaches to a message, for itself and other apps. */
export interface Metadata {
  readonly event_type: string;
  readonly event_payload: object;
}

/** The content of a message. Without `metadata`, an edit keeps the existing one. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata?: Metadata | undefined;
}

export interface Draft {
  readonly channel: string;
  readonly author: string;
  readonly text: string;
  readonly blocks?: readonly unknown[];
  readonly onlyFor?: string | undefined;
  readonly threadTs?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly files?: readonly StoredFile[];
}

export interface Change {
  readonly kind: 'posted' | 'edited' | 'deleted' | 'view' | 'socket' | 'refused';
  readonly message?: Message;
  /** For `refused`: the refused call. */
  readonly request?: LoggedRequest;
}

export interface State {
  readonly people: ReadonlyMap<string, Person>;
  readonly channels: Map<string, Channel>;
  readonly userGroups: Map<string, UserGroup>;
  /** The direct messages between the bot and a person, created when first needed. */
  directWith(person: string): Channel | undefined;
  isMember(channel: string, person: string): boolean;
  find(channel: string, ts: string): Message | undefined;
  /** The messages that a person sees in a channel, oldest first. */
  seenBy(person: string, channel: string): Message[];
  all(): Message[];
  /** A file that was shared, by its id. */
  file(id: string): StoredFile | undefined;
  add(draft: Draft): Message;
  edit(message: Message, content: Content): Message | undefined;
  remove(message: Message): boolean;
  changed(change: Change): void;
  onChange(listener: (change: Change) => void): () => void;
}

export interface Seed {
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly userGroups: readonly UserGroup[];
}

/** People, channels and messages. Messages are immutable: an edit replaces the message. */
export function createState(seed: Seed, clock: Clock): State {
  const people = new Map(seed.people.map((person) => [person.id, person]));
  const channels = new Map(seed.channels.map((channel) => [channel.id, channel]));
  const userGroups = new Map(seed.userGroups.map((group) => [group.id, group]));
  const messages = new Map<string, Message>();
  const listeners = new Set<(change: Change) => void>();
  let count = 0;
  const key = (message: { channel: string; ts: string }) => `${message.channel} ${message.ts}`;
  const isMember: State['isMember'] = (channel, person) => channels.get(channel)?.members.includes(person) ?? false;
  const state: State = {
    people,
    channels,
    userGroups,
    isMember,
    directWith(person) {
      if (!people.has(person)) return undefined;
      const id = `D${person.slice(1)}`;
      const direct = channels.get(id) ?? { id, name: 'directmessage', members: [person, BOT_USER] };
      channels.set(id, direct);
      return direct;
    },
    find: (channel, ts) => messages.get(key({ channel, ts })),
    seenBy: (person, channel) =>
      isMember(channel, person)
        ? [...messages.values()].filter((one) => one.channel === channel && (!one.ephemeral || one.onlyFor === person))
        : [],
    all: () => [...messages.values()],
    file: (id) => [...messages.values()].flatMap(({ files }) => files).find((file) => file.id === id),
    add(draft) {
      count += 1;
      const message: Message = {
        ts: `${Math.floor(clock.now() / 1000)}.${String(count).padStart(6, '0')}`,
        channel: draft.channel,
        author: draft.author,
        ephemeral: draft.onlyFor !== undefined,
        onlyFor: draft.onlyFor,
        threadTs: draft.threadTs,
        text: draft.text,
        blocks: withIds(draft.blocks ?? []),
        edited: 0,
        files: draft.files ?? [],
        metadata: draft.metadata,
      };
      messages.set(key(message), message);
      state.changed({ kind: 'posted', message });
      return message;
    },
    edit(message, { text, blocks, ...more }) {
      const current = messages.get(key(message));
      if (!current) return undefined;
      const edited = { ...current, ...more, text, blocks: withIds(blocks), edited: current.edited + 1 };
      messages.set(key(message), edited);
      state.changed({ kind: 'edited', message: edited });
      return edited;
    },
    remove(message) {
      const gone = messages.delete(key(message));
      if (gone) state.changed({ kind: 'deleted', message });
      return gone;
    },
    changed(change) {
      for (const listener of [...listeners]) listener(change);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return state;
}

/** Adds block_ids and action_ids where the app left them out, as Slack does. */
export function withIds(blocks: readonly unknown[]): readonly unknown[] {
  return blocks.map((raw, index) => {
    const block = raw as {
      type?: string;
      block_id?: string;
      elements?: readonly object[];
      accessory?: { type?: string };
    };
    const pressable = block.accessory !== undefined && block.accessory.type !== 'image';
    const accessory = pressable && { accessory: { action_id: `b${index}-0`, ...block.accessory } };
    const named = { ...block, ...accessory, block_id: block.block_id ?? `b${index}` };
    if (block.type !== 'actions' || !block.elements) return named;
    return { ...named, elements: block.elements.map((item, at) => ({ action_id: `b${index}-${at}`, ...item })) };
  });
}
