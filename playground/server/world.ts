/** What the local Slack knows: people, channels, messages. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly members: ReadonlySet<string>;
}

export interface StoredMessage {
  readonly ts: string;
  readonly channel: string;
  /** Who wrote it: a person, the bot, or Slack itself. */
  readonly author: string;
  /** Only this person sees it. */
  readonly onlyFor: string | undefined;
  readonly threadTs: string | undefined;
  text: string;
  blocks: readonly unknown[];
  edited: number;
  readonly files: { name: string; title: string; content: string }[];
}

export const TEAM = 'T0FAIRLEAD';
export const APP = 'A0FAIRLEAD';
export const BOT_USER = 'U0FAIRLEAD';
export const SLACKBOT = 'USLACKBOT';
export const BOT_TOKEN = 'xoxb-local';
export const APP_TOKEN = 'xapp-local';
export const SIGNING_SECRET = 'local-signing-secret';

export const PEOPLE: readonly Person[] = [
  { id: 'U0DEV1', name: 'dana' },
  { id: 'U0OPS1', name: 'oli' },
  { id: 'U0VIEW1', name: 'vera' },
  { id: 'U0OUT1', name: 'otto' },
];

const everybody = PEOPLE.map((person) => person.id);
export const CHANNELS: readonly Channel[] = [
  { id: 'C0STAGING', name: 'staging', members: new Set([...everybody, BOT_USER]) },
  { id: 'C0PROD', name: 'prod', members: new Set([...everybody, BOT_USER]) },
  { id: 'C0RANDOM', name: 'random', members: new Set(everybody) },
];

export interface World {
  readonly channels: Map<string, Channel>;
  readonly messages: StoredMessage[];
  readonly userGroups: Map<string, readonly string[]>;
  /** The direct messages between the bot and a person, made when first needed. */
  directWith(person: string): Channel;
  add(
    message: Pick<StoredMessage, 'channel' | 'author' | 'text'> &
      Partial<Pick<StoredMessage, 'blocks' | 'onlyFor' | 'threadTs'>>,
  ): StoredMessage;
  remove(message: StoredMessage): void;
  changed(): void;
  onChange(listener: () => void): () => void;
}

export function createWorld(): World {
  const channels = new Map(CHANNELS.map((channel) => [channel.id, channel]));
  const messages: StoredMessage[] = [];
  const listeners = new Set<() => void>();
  let count = 0;
  const world: World = {
    channels,
    messages,
    userGroups: new Map([['S0ONCALL', ['U0OPS1']]]),
    directWith(person) {
      const id = `D${person.slice(1)}`;
      const known = channels.get(id) ?? { id, name: 'directmessage', members: new Set([person, BOT_USER]) };
      channels.set(id, known);
      return known;
    },
    add({ channel, author, text, blocks = [], onlyFor, threadTs }) {
      count += 1;
      const ts = `${Math.floor(Date.now() / 1000)}.${String(count).padStart(6, '0')}`;
      const message: StoredMessage = { ts, channel, author, onlyFor, threadTs, text, blocks, edited: 0, files: [] };
      messages.push(message);
      world.changed();
      return message;
    },
    remove(message) {
      const index = messages.indexOf(message);
      if (index >= 0) messages.splice(index, 1);
      world.changed();
    },
    changed() {
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return world;
}
