import type { Heredoc as AstHeredoc, Instruction as AstInstruction, JSONInstruction } from 'dockerfile-ast';
import { type Logical, logicalText } from './logical.ts';
import type { Heredoc, Instruction } from './model.ts';
import { commandsOf } from './shell/commands.ts';
import { tokenize, type Word } from './shell/tokens.ts';

/** The file an instruction is read from. */
export interface Shape {
  readonly text: string;
  readonly lineStarts: readonly number[];
  readonly escapeMark: string;
  readonly stage: number;
  /** Whether a POSIX shell reads its commands. */
  readonly isPosix: boolean;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

const NO_SHELL: Instruction['shell'] = { tokens: [], unclosed: undefined, hasComment: false, commands: [] };
const OF_SHELL = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

export function readInstruction(one: AstInstruction, shape: Shape): Instruction {
  const at = ({ line, character }: Position) => (shape.lineStarts[line] ?? shape.text.length) + character;
  const range = one.getRange();
  const [start, end] = [at(range.start), at(range.end)];
  const keywordEnd = at(one.getInstructionRange().end);
  const heredocs = hasHeredocs(one) ? one.getHeredocs().map((heredoc) => readHeredoc(heredoc, end, at)) : [];
  const bodyEnd = Math.min(end, ...heredocs.map((heredoc) => Math.max(keywordEnd, heredoc.start - 1)));
  const logical = logicalText(shape.text, keywordEnd, bodyEnd, shape.escapeMark);
  const { flags, words, rest } = wordsOf(logical);
  const keyword = one.getKeyword();
  const json = jsonOf(logical.text.slice(rest));
  const instruction = {
    keyword,
    line: range.start.line + 1,
    lastLine: range.end.line + 1,
    start,
    end,
    keywordEnd,
    body: {
      start: logical.offset(rest),
      end: trimmedEnd(shape.text, keywordEnd, bodyEnd),
      text: logical.text.slice(rest).trim(),
    },
    flags,
    words: json ? json.map((text) => ({ text, start, end, isQuoted: true, isExpanded: false })) : words,
    json,
    heredocs,
    stage: shape.stage,
  };
  return { ...instruction, shell: shellOf(instruction, { logical, rest, shape }) };
}

interface ShellText {
  readonly logical: Logical;
  readonly rest: number;
  readonly shape: Shape;
}

function shellOf(
  { keyword, json, heredocs, words }: Omit<Instruction, 'shell'>,
  { logical, rest, shape }: ShellText,
): Instruction['shell'] {
  if (!OF_SHELL.has(keyword) || json || !shape.isPosix) return NO_SHELL;
  const from =
    keyword === 'HEALTHCHECK'
      ? rest + (/^\s*CMD\s/iu.exec(logical.text.slice(rest, rest + 2000))?.[0].length ?? 0)
      : rest;
  const own = tokenize({ text: logical.text.slice(from), offset: (index) => logical.offset(from + index) });
  const [script, ...others] = heredocs;
  const isScript =
    keyword === 'RUN' &&
    others.length === 0 &&
    /^(?:(?:ba|a|da)?sh\s+(?:-\w+\s+)*)?<<-?\S+$/u.test(words.map(({ text }) => text).join(' '));
  if (!script || !isScript) return { ...own, commands: commandsOf(own.tokens) };
  const text = shape.text.slice(script.start, script.end);
  if (/^\s*#!(?!.*\b(?:ba|a|da)?sh\b)/u.test(text.slice(0, 200))) return NO_SHELL;
  const inside = tokenize({ text, offset: (index) => script.start + index });
  return { ...inside, commands: commandsOf(inside.tokens) };
}

/** Arguments at spaces, with quotes kept together, as every instruction but the shell's has them. */
function wordsOf({ text, offset }: Logical): { flags: Word[]; words: Word[]; rest: number } {
  const flags: Word[] = [];
  const words: Word[] = [];
  let rest = text.length - text.trimStart().length;
  for (const found of text.matchAll(/(?:"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?|\\[\s\S]|[^\s"'\\])+/gu)) {
    const end = found.index + found[0].length;
    const unquoted = found[0].replace(
      /"((?:[^"\\]|\\[\s\S])*)"?|'([^']*)'?/gu,
      (_, double?: string, single?: string) => double ?? single ?? '',
    );
    const word = {
      text: unquoted,
      start: offset(found.index),
      end: offset(end - 1) + 1,
      isQuoted: unquoted !== found[0],
      isExpanded: /[$*?]/u.test(unquoted),
    };
    if (words.length === 0 && /^--[a-z]/u.test(unquoted)) {
      flags.push(word);
      rest = end + (text.slice(end).length - text.slice(end).trimStart().length);
    } else words.push(word);
  }
  return { flags, words, rest };
}

function jsonOf(text: string): string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  try {
    const parsed: unknown = JSON.parse(trimmed);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function hasHeredocs(one: AstInstruction): one is JSONInstruction & { getHeredocs(): AstHeredoc[] } {
  return ['RUN', 'COPY', 'ADD'].includes(one.getKeyword());
}

function readHeredoc(heredoc: AstHeredoc, end: number, at: (position: Position) => number): Heredoc {
  const content = heredoc.getContentRange();
  const delimiter = heredoc.getDelimiterRange();
  const start = content ? at(content.start) : delimiter ? at(delimiter.start) : end + 1;
  return {
    name: heredoc.getName(),
    start,
    end: delimiter ? Math.max(start, at(delimiter.start)) : end,
    isClosed: delimiter !== null,
  };
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /[\s]/u.test(text.charAt(end - 1))) end -= 1;
  return end;
}
