import type { Word } from './words.ts';

/** The words of a line that hold the value of a secret field, each with the index its value begins at. */
export type SecretParts = Map<Word, number>;

/**
 * The words with `***` for what is secret. By the place of each value, never by its text: the same text elsewhere in the
 * line is a name or a version.
 */
export function masked(words: readonly Word[], secrets: SecretParts): Word[] {
  return words.map((word) => {
    const from = secrets.get(word);
    return from === undefined ? word : { ...word, text: word.text.slice(0, from) + hidden(word.text.slice(from)) };
  });
}

// Of NAME=value, the name is shown.
function hidden(value: string): string {
  return `${/^[A-Za-z_][A-Za-z0-9_.-]{0,127}=/u.exec(value)?.[0] ?? ''}***`;
}

/** A line that does not parse: nobody knows where its secrets are, so only what may be the command's name is kept. */
export function maskedWhole(line: string): string {
  const name = /^\/?[a-z-]{1,20}(?= |$)/iu.exec(line)?.[0] ?? '';
  return name === line ? line : `${name} ***`.trim();
}
