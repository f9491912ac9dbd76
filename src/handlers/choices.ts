import { quoteWord } from '../commands/language/words.ts';

/** The same canonical line on these hosts; right after the command's name, where nothing can take it for text. */
export function onHosts(line: string, hosts: readonly string[]): string {
  return line.replace(/^\S+/u, (name) => `${name} --on ${quoteWord(hosts.join(','))}`);
}
