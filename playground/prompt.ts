import { createInterface } from 'node:readline';
import type { KnownBlock } from '@slack/types';
import { plainText } from '../src/slack/block-kit/plain.ts';
import { BOT_USER, buttonsOf, CHANNELS, type LocalSlack, type Message, PEOPLE, USER_GROUPS } from './server/index.ts';

const HELP = `Type what you would type in Slack:
  /images   /ps -a   /logs shop -n 20   /logs shop -f for 10s   /prune images -a   /dock help
  1                press button 1 of the newest message
  as oli           become another person: ${PEOPLE.map((person) => person.name).join(', ')}
  in prod          go to another channel: ${CHANNELS.map((channel) => channel.name).join(', ')}
  quit             stop and remove everything`;

/** Milliseconds without a change before the next line of a piped script is typed. */
const QUIET_MS = 700;

/**
 * Runs a prompt at which the user types as one of several people and sees what that person would see. Resolves at the
 * end of the input, to whether anything was typed.
 */
export async function prompt(slack: LocalSlack): Promise<boolean> {
  let person = PEOPLE[0] as (typeof PEOPLE)[number];
  let channel = CHANNELS.find(({ name }) => name === 'prod') as (typeof CHANNELS)[number];
  const shown = new Map<string, string>();
  let changedAt = Date.now();
  let newest: Message | undefined;
  let typed = false;
  const terminal = process.stdin.isTTY === true;
  const input = createInterface({ input: process.stdin, output: process.stdout, terminal });
  const places = () => [channel.id, `D${person.id.slice(1)}`];
  const print = (text: string) => {
    process.stdout.write(`${terminal ? '\r\u001b[K' : ''}${text}\n`);
    if (terminal) input.prompt(true);
  };

  const show = () => {
    changedAt = Date.now();
    for (const place of places()) {
      for (const message of slack.messages({ channel: place, as: person.id })) {
        const text = textOf(message);
        const before = shown.get(message.ts);
        if (before === text || message.author === person.id) continue;
        shown.set(message.ts, text);
        newest = message;
        // Of a changed message, only the new lines are printed.
        const old = new Set(before?.split('\n') ?? []);
        const lines = text.split('\n').filter((line) => !old.has(line));
        if (lines.length > 0)
          print(
            `${before === undefined ? `\n${titleOf(message, place)}\n` : ''}${lines.map((line) => `  ${line}`).join('\n')}`,
          );
      }
    }
  };
  const off = slack.on('change', show);
  const ask = () => {
    input.setPrompt(`${person.name} #${channel.name}> `);
    if (terminal) input.prompt();
  };

  print(HELP);
  ask();
  for await (const line of input) {
    typed = true;
    const words = line.trim();
    if (!terminal) print(`\n${person.name} #${channel.name}> ${words}`);
    if (words === 'quit' || words === 'exit') break;
    const [verb, name] = words.split(/\s+/u);
    const toPerson = verb === 'as' ? PEOPLE.find((item) => item.name === name) : undefined;
    const toChannel = verb === 'in' ? CHANNELS.find((item) => item.name === name?.replace('#', '')) : undefined;
    if (toPerson) person = toPerson;
    else if (toChannel) channel = toChannel;
    else if (words === 'help' || words === '?') print(HELP);
    else if (/^\d+$/u.test(words) && newest) {
      const isPressed = await press(slack, person.id, newest, Number(words));
      if (!isPressed) print(`  The newest message has no button ${words}.`);
    } else if (words !== '') await slack.type({ person: person.id, channel: channel.id, text: words });
    if (!terminal) while (Date.now() - changedAt < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 50));
    ask();
  }
  off();
  input.close();
  return typed;
}

/** Presses a button by its number, from 1. False when the message has no such button. */
async function press(slack: LocalSlack, person: string, message: Message, number: number): Promise<boolean> {
  const button = buttonsOf(message.blocks)[number - 1];
  if (button) await slack.click({ person, message, label: button.text.text });
  return button !== undefined;
}

function titleOf(message: Message, place: string): string {
  const author =
    message.author === BOT_USER
      ? 'Fairlead'
      : (PEOPLE.find((person) => person.id === message.author)?.name ?? 'Slackbot');
  return `${author}${message.onlyFor === undefined ? '' : ' (only you can see this)'}${place.startsWith('D') ? ' (direct message)' : ''}`;
}

const NAMES = new Map([
  ...PEOPLE.map(({ id, name }) => [id, name] as const),
  ...USER_GROUPS.map(({ id, handle }) => [id, handle] as const),
]);

function textOf(message: Message): string {
  const blocks = message.blocks.filter((block) => (block as { type: string }).type !== 'actions') as KnownBlock[];
  const body = blocks.length > 0 ? plainText(blocks) : message.text;
  const presses = buttonsOf(message.blocks).map((button, index) => `[${index + 1} ${button.text.text}]`);
  const files = message.files.map((file) => `file ${file.name} (${file.content.length} characters)`);
  const named = body.replace(/<(?:@|!subteam\^)(\w+)>/gu, (_, id: string) => `@${NAMES.get(id) ?? id}`);
  return [named, ...files, ...(presses.length > 0 ? [presses.join(' ')] : [])].filter((text) => text !== '').join('\n');
}
