import type { Finding } from '../finding.ts';
import type { Dockerfile, Instruction } from '../model.ts';

/** A piece of the file, by its offsets, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file, and where its findings are. */
export interface Draft {
  readonly file: Dockerfile;
  readonly findings: readonly Finding[];
}

/** A change that is safe without knowing more than the file. It is kept only when it does what it claims. */
export interface Fix {
  /** The rules whose findings it takes away. */
  readonly rules: readonly string[];
  edits(draft: Draft): Edit[];
}

/** The instructions that a rule finds something at. */
export function brokenAt({ file, findings }: Draft, ...rules: readonly string[]): Instruction[] {
  const lines = new Set(findings.filter(({ rule }) => rules.includes(rule)).map(({ line }) => line));
  return file.instructions.filter(({ line }) => lines.has(line));
}

export const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });

/** The text with its edits; of two that overlap, the later one waits for another turn. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue;
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...pieces, text.slice(at)].join('');
}
