import type { Command } from './shell/commands.ts';
import type { Tokens, Word } from './shell/tokens.ts';

export interface Heredoc {
  readonly name: string;
  /** Offsets of its content, without the line that ends it. */
  readonly start: number;
  readonly end: number;
  readonly isClosed: boolean;
}

export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** Counted from 1. */
  readonly line: number;
  readonly lastLine: number;
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
  /** Where its keyword ends. */
  readonly keywordEnd: number;
  /** Its arguments, flags among them, without heredocs. */
  readonly body: { readonly start: number; readonly end: number; readonly text: string };
  /** `--from=build`. */
  readonly flags: readonly Word[];
  readonly words: readonly Word[];
  /** Its words where they are written as a JSON list. */
  readonly json: readonly string[] | undefined;
  readonly heredocs: readonly Heredoc[];
  /** What a POSIX shell is given, of RUN, CMD, ENTRYPOINT and HEALTHCHECK; empty where no such shell reads it. */
  readonly shell: Tokens & { readonly commands: readonly Command[] };
  /** The stage it is in; -1 before the first FROM. */
  readonly stage: number;
}

export interface Stage {
  readonly index: number;
  readonly from: Instruction;
  readonly image: string;
  readonly name: string | undefined;
  /** The earlier stage it starts from. */
  readonly parent: Stage | undefined;
  readonly instructions: readonly Instruction[];
  readonly isWindows: boolean;
}

export interface Comment {
  readonly line: number;
  readonly text: string;
}

/** A Dockerfile that was parsed. */
export interface Dockerfile {
  /** With `\n` for every line break, and without a byte order mark. */
  readonly text: string;
  /** `\\`, or what `# escape=` says. */
  readonly escapeMark: string;
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** Comments between instructions. */
  readonly comments: readonly Comment[];
}

export const flagOf = ({ flags }: Pick<Instruction, 'flags'>, name: string): string | undefined =>
  flags.find(({ text }) => text.startsWith(`--${name}=`))?.text.slice(name.length + 3);

/** A stage and those it starts from, the stage itself first. */
export function chainOf(stage: Stage | undefined): Stage[] {
  const chain: Stage[] = [];
  for (let at = stage; at; at = at.parent) chain.push(at);
  return chain;
}

/** The stages whose layers are in the image that is built last. */
export const keptStages = ({ stages }: Dockerfile): Set<Stage> => new Set(chainOf(stages.at(-1)));

/** Whether a RUN has a cache mounted over a folder, or over any without `folder`. */
export function hasCacheMount({ flags }: Instruction, folder = ''): boolean {
  return flags.some(({ text }) => text.startsWith('--mount=') && text.includes('type=cache') && text.includes(folder));
}
