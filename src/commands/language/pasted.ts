import type { Word } from './words.ts';

/** `$`, `root@web:~#` and `me@web$`, as terminals show them before a command. */
const PROMPT = /^(?:[$#%>\u276f\u279c]|[^\s@]{1,64}@\S{1,200}[$#%>])$/u;
/** Of code as Slack shows it: one, or a fence of three. */
const TICKS = /^`{1,3}|`{1,3}$/gu;

/** A line as it was copied from a terminal or a page: without the prompt and the backticks around it. */
export function withoutPaste(words: readonly Word[]): readonly Word[] {
  const [first, last] = [words[0], words.at(-1)];
  const isCode = first !== undefined && last !== undefined && first.text.startsWith('`') && last.text.endsWith('`');
  const bare = isCode ? words.map((word) => withoutTicks(word, word === first || word === last)) : words;
  const own = bare.filter(({ text, quoted }) => text !== '' || quoted);
  const [prompt] = own;
  return prompt && !prompt.quoted && PROMPT.test(prompt.text) ? own.slice(1) : own;
}

const withoutTicks = (word: Word, isEnd: boolean): Word =>
  isEnd && !word.quoted ? { ...word, text: withoutBackticks(word.text) } : word;

export const withoutBackticks = (text: string): string => text.replace(TICKS, '');
