import { SPECS } from '../../commands/index.ts';
import { UMBRELLA } from '../../domain/phrase.ts';
import type { Message } from './message.ts';
import { cutMrkdwn, escaped } from './text.ts';

const WITH_SLASH: ReadonlySet<string> = new Set(SPECS.filter(({ slash }) => slash).map(({ name }) => name));

/** A longer command is cut. In UTF-16 units. */
const MOST_COMMAND = 380;
const MARK = '<!command^';
const COMMAND = /<!command\^([^<>\n]{0,400})>/gu;

/**
 * A command to type, in mrkdwn, by its line without a slash: `ask shop`. A mark stands for it until `writeCommands` knows the
 * prefix of the workspace. Others' words cannot make one: an angle bracket in them is escaped.
 */
export function slash(line: string): string {
  const clean = line.replaceAll('`', "'").replace(/\s+/gu, ' ').trim();
  return `${MARK}${cutMrkdwn(escaped(clean), MOST_COMMAND)}>`;
}

/** The line as people type it in a workspace with this prefix: `/d-lock shop`, `/d-dock ask shop`. */
export function typedLine(line: string, prefix: string): string {
  const given = line.startsWith(`${UMBRELLA} `) ? line.slice(UMBRELLA.length + 1) : line;
  const [name = ''] = given.split(' ', 1);
  return `/${prefix}${WITH_SLASH.has(name) ? '' : `${UMBRELLA} `}${given}`;
}

/** mrkdwn with the commands in it written as code. */
export function writeCommandsInText(mrkdwn: string, prefix: string): string {
  return mrkdwn.replace(COMMAND, (_, line: string) => `\`${typedLine(line, prefix)}\``);
}

/** The same where nothing formats, as in the hint of a form. */
function writeCommandsInPlainText(text: string, prefix: string): string {
  return text.replace(COMMAND, (_, line: string) => unescaped(typedLine(line, prefix)));
}

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A message as people in a workspace with this prefix read it. */
export function writeCommandsInMessage(message: Message, prefix: string): Message {
  return { ...message, text: writeCommandsInText(message.text, prefix), blocks: writeCommands(message.blocks, prefix) };
}

/** Sections and contexts are made this much shorter than Slack takes. */
const MOST_GROWTH = 90;

/** Blocks, or a view of them, with the commands as people type them in this workspace. The values of buttons stay. */
export function writeCommands<T>(shown: T, prefix: string): T {
  const json = JSON.stringify(shown);
  if (!json.includes(MARK)) return shown;
  return JSON.parse(json, function (this: { readonly type?: unknown }, key: string, value: unknown): unknown {
    if (key === 'hint') return hintOf(value as { readonly text: string }, prefix);
    if (key !== 'text' || typeof value !== 'string' || this.type !== 'mrkdwn') return value;
    return cutMrkdwn(writeCommandsInText(value, prefix), value.length + MOST_GROWTH);
  }) as T;
}

const hintOf = (hint: { readonly text: string }, prefix: string) => ({
  ...hint,
  text: writeCommandsInPlainText(hint.text, prefix),
});
