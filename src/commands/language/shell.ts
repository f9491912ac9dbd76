import { CONTAINER_NAME } from '../../domain/container-name.ts';
import type { Field } from './define.ts';
import { Mistake, word as newWord } from './mistake.ts';
import type { Word } from './words.ts';

const TOOL = /^(?:e?grep|rg|tail|head|less|more|wc|sort|uniq|awk|sed|cut|xargs|jq|cat)$/u;

/** What a command takes: its options, and the words beside them. */
interface Takes {
  readonly options: readonly Field[];
  readonly slots: readonly Field[];
  /** Names of commands: behind a `;` one begins another line. */
  readonly names: ReadonlySet<string>;
}

/** The mistake of a line with a shell's marks in it, such as `| grep error`; undefined for a line without. */
export function shellMistake(words: readonly Word[], takes: Takes): Mistake | undefined {
  // Behind `--reason` words are a sentence, in which a command's name may stand.
  const isSentence = words.some(({ text }) =>
    takes.options.some(({ isText, option }) => isText && text === `--${option}`),
  );
  const isNext = (text: string) => text.startsWith('/') || (!isSentence && takes.names.has(text.toLowerCase()));
  const at = words.findIndex(
    ({ text, quoted }, index) => !quoted && isMark(text, words[index + 1]?.text ?? '', isNext),
  );
  const mark = words[at];
  if (!mark) return undefined;
  const rest = words.slice(at + 1);
  if (isSubstitution(mark.text))
    return new Mistake('There is no shell here: no command is carried out inside a line. Type the names instead.');
  if (mark.text === '2>&1') return new Mistake('There is no shell here. Leave `2>&1` out.', new Map([[mark, []]]));
  const instead = mark.text === '|' ? insteadOf(words.slice(0, at), rest, takes) : [];
  const before = mark.text === ';' ? [] : mark.text.endsWith(';') ? [newWord(mark.text.slice(0, -1))] : instead;
  const repair = new Map<Word, readonly Word[]>([[mark, before], ...rest.map((one) => [one, []] as const)]);
  if (/[<>]/u.test(mark.text))
    return new Mistake('There is no shell here: nothing is read from files or written to them.', repair);
  const shown = mark.text.endsWith(';') ? ';' : mark.text;
  return new Mistake(`There is no shell here: \`${shown}\` does nothing.`, repair);
}

/** `$(docker` or `` `docker ``: the beginning of a command whose output a shell would put there. */
const isSubstitution = (text: string) => text.startsWith('$(') || (text.startsWith('`') && !text.endsWith('`'));

function isMark(text: string, next: string, isNext: (text: string) => boolean): boolean {
  if (isSubstitution(text)) return true;
  if (/^(?:&&?|;|\|\||>>?|<)$/u.test(text) || /^[12&]>/u.test(text)) return true;
  // `stop shop; /dock start shop`, `logs shop; docker ps`
  return (text === '|' && TOOL.test(next)) || (text.endsWith(';') && isNext(next));
}

/** What of ours does what a shell's tool would: options, or the name that a list is narrowed to. */
function insteadOf(own: readonly Word[], rest: readonly Word[], { options, slots }: Takes): readonly Word[] {
  const has = (name: string) => options.some(({ option, short }) => option === name || short === name);
  const words = optionsOf(rest);
  const [first, pattern] = words;
  if (first === undefined || has(first.text.replace(/^-+/u, ''))) return words;
  // `ps | grep shop` is `ps shop`, where no other name is given and a name is all that is looked for.
  const isOpen = slots.some(({ required }) => !required) && own.every(({ text }) => text.startsWith('-'));
  return first.text === '--grep' && isOpen && words.length === 2 && pattern && CONTAINER_NAME.test(pattern.text)
    ? [newWord(pattern.text)]
    : [];
}

function optionsOf([tool, ...more]: readonly Word[]): readonly Word[] {
  const end = more.findIndex(({ text, quoted }) => !quoted && text === '|');
  const own = end < 0 ? more : more.slice(0, end);
  const flags = own.filter(({ text, quoted }) => !quoted && /^-[a-zA-Z]+$/u.test(text)).map(({ text }) => text);
  const value = own.find(({ text, quoted }) => quoted || !text.startsWith('-'))?.text;
  if (tool?.text === 'tail') {
    const count = value ?? own.map(({ text }) => /^-(?:n)?(\d+)$/u.exec(text)?.[1]).find((one) => one !== undefined);
    return count === undefined ? [] : [newWord('-n'), newWord(count)];
  }
  if (!/^(?:e?grep|rg)$/u.test(tool?.text ?? '') || value === undefined) return [];
  const has = (letter: string) => flags.some((flag) => flag.includes(letter));
  const pattern = has('i') ? `(?i)${value}` : value;
  return [newWord('--grep'), newWord(pattern, true), ...(has('v') ? [newWord('-v')] : [])];
}
