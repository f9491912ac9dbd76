import { isWord, type Token, type Word } from './tokens.ts';

/** One program and its arguments. */
export interface Command {
  /** Its name without a path. */
  readonly program: string;
  readonly name: Word;
  readonly args: readonly Word[];
  /** Variables given to it alone: `NAME=value`. */
  readonly variables: readonly Word[];
  /** The operator before it; empty for the first. */
  readonly after: string;
  readonly isPiped: boolean;
  readonly hasSudo: boolean;
  /** Offsets in the file of its first word, what stands before its name among them, and of its last. */
  readonly start: number;
  readonly end: number;
}

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', '!', '{', '}', 'time']);
const PREFIXES = new Set(['sudo', 'env', 'exec', 'command', 'eatmydata', 'nice', 'xargs']);
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*\+?=/u;

/** The commands of a shell text, in the order they are written. What is within `$(…)` is not looked at. */
export function commandsOf(tokens: readonly Token[]): Command[] {
  const commands: Command[] = [];
  let words: Word[] = [];
  let after = '';
  const flush = (next: string) => {
    const command = commandOf(words, after, next);
    if (command) commands.push(command);
    words = [];
    after = next;
  };
  for (const token of tokens) {
    if (isWord(token)) words.push(token);
    else if (token.operator !== '>') flush(token.operator);
  }
  flush('');
  return commands;
}

function commandOf(words: readonly Word[], after: string, next: string): Command | undefined {
  const variables: Word[] = [];
  let hasSudo = false;
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    const isFirst = variables.length === 0 && at === 0;
    if (VARIABLE.test(word.text) && !(word.isQuoted && /^["']/u.test(word.text))) variables.push(word);
    else if (PREFIXES.has(word.text)) hasSudo ||= word.text === 'sudo';
    else if (!(KEYWORDS.has(word.text) || (!isFirst && hasSudo && word.text.startsWith('-')))) break;
  }
  const name = words[at];
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const place = { start: words[0]?.start ?? last.start, end: last.end };
  const isPiped = next === '|' || next === '|&';
  if (name === undefined) {
    const empty = { text: '', start: last.end, end: last.end, isQuoted: false, isExpanded: false };
    return { program: hasSudo ? 'sudo' : '', name: empty, args: [], variables, after, isPiped, hasSudo, ...place };
  }
  const program = name.text.slice(name.text.lastIndexOf('/') + 1);
  return { program, name, args: words.slice(at + 1), variables, after, isPiped, hasSudo, ...place };
}

/** Whether it has one of these options; a short one, such as `-y`, also among others: `-qy`. */
export function hasOption({ args }: Pick<Command, 'args'>, ...options: readonly string[]): boolean {
  return args.some(({ text }) =>
    options.some(
      (option) =>
        text === option ||
        text.startsWith(`${option}=`) ||
        (/^-[a-zA-Z]$/u.test(option) && /^-[a-zA-Z]+$/u.test(text) && text.includes(option.charAt(1))),
    ),
  );
}

/** Its arguments that are no options; `taking`: the options whose value is a word of its own. */
export function positionals({ args }: Pick<Command, 'args'>, taking: readonly string[] = []): Word[] {
  return args.filter(({ text }, at) => {
    const before = args[at - 1]?.text ?? '';
    return !(text.startsWith('-') && text !== '-') && !taking.includes(before);
  });
}
