import { joinWords, quoteWord, splitWords } from '../commands/language/words.ts';

/** The same canonical line on these hosts; right after the command's name, where nothing can take it for text. */
export function onHosts(line: string, hosts: readonly string[]): string {
  return line.replace(/^\S+/u, (name) => `${name} --on ${quoteWord(hosts.join(','))}`);
}

/** The same canonical line with one word replaced; undefined where the word is not there exactly once. */
export function withWord(line: string, typed: string, instead: string): string | undefined {
  const words = splitWords(line);
  const [index, ...others] = words.flatMap(({ text }, at) => (at > 0 && text === typed ? [at] : []));
  if (index === undefined || others.length > 0) return undefined;
  return joinWords(words.with(index, { text: instead, at: 0, quoted: false }));
}
