import type { CommandHint } from './protocol.ts';

/** A completion that the composer offers for the text before the caret. */
export interface Offer {
  /** The text that replaces the text so far. */
  readonly insert: string;
  readonly label: string;
  readonly hint: string;
  readonly about: string;
}

/** Completes slash commands while the first word is typed: those that begin with it, then those that contain it. */
export function completions(text: string, commands: readonly CommandHint[]): Offer[] {
  const word = /^\/([\w-]*)$/u.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) return [];
  const rank = ({ name }: CommandHint) => (name.startsWith(`/${word}`) ? 0 : name.includes(word) ? 1 : 2);
  return commands
    .filter((command) => rank(command) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .map(({ name, usage, description }) => ({ insert: `${name} `, label: name, hint: usage, about: description }));
}

/** The usage of the command whose arguments are being typed. */
export function usageFor(text: string, commands: readonly CommandHint[]): CommandHint | undefined {
  const name = /^(\/[\w-]+)\s/u.exec(text)?.[1];
  return commands.find((command) => command.name === name);
}

/** Completes `@oli` at the end of the text, by the beginning of people's names. */
export function mentions(text: string, names: readonly string[]): Offer[] {
  const word = /(?:^|\s)@(\w*)$/u.exec(text)?.[1]?.toLowerCase();
  if (word === undefined || text.startsWith('/')) return [];
  return names
    .filter((name) => name.startsWith(word))
    .map((name) => ({
      insert: `${text.slice(0, text.length - word.length)}${name} `,
      label: `@${name}`,
      hint: '',
      about: '',
    }));
}
