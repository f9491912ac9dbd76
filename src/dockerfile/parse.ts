import dockerfileAst from 'dockerfile-ast';
import { readInstruction, type Shape } from './instruction.ts';
import type { Comment, Dockerfile, Instruction, Stage } from './model.ts';

/** Parses a text that `whyUnreadable` finds nothing against. Never throws for what is in it: that is left to the rules. */
export function parseDockerfile(raw: string): Dockerfile {
  const text = raw.replace(/^\ufeff/u, '').replace(/\r\n?/gu, '\n');
  const parsed = dockerfileAst.DockerfileParser.parse(text);
  const lineStarts = [0, ...[...text.matchAll(/\n/gu)].map(({ index }) => index + 1)];
  const escapeMark = parsed.getEscapeCharacter();
  const shape = (stage: number, isPosix: boolean): Shape => ({ text, lineStarts, escapeMark, stage, isPosix });
  const instructions: Instruction[] = [];
  const stages: Stage[] = [];
  let isPosix = true;
  let own: Instruction[] = [];
  for (const one of parsed.getInstructions()) {
    const isFrom = one.getKeyword() === 'FROM';
    const stage = stages.length - (isFrom ? 0 : 1);
    const instruction = readInstruction(one, shape(stage, isPosix));
    instructions.push(instruction);
    if (isFrom) {
      own = [instruction];
      const begun = stageOf(instruction, stages, { escapeMark, own });
      stages.push(begun);
      isPosix = !begun.isWindows;
    } else own.push(instruction);
    if (instruction.keyword === 'SHELL' && instruction.json) isPosix = POSIX.test(instruction.json[0] ?? '');
  }
  return { text, escapeMark, instructions, stages, comments: commentsOf(text, instructions) };
}

const POSIX = /(?:^|\/)(?:ba|a|da|z|k)?sh$/u;
const WINDOWS = /windows|nanoserver|powershell/iu;

function stageOf(
  from: Instruction,
  earlier: readonly Stage[],
  { escapeMark, own }: { readonly escapeMark: string; readonly own: Instruction[] },
): Stage {
  const image = from.words[0]?.text ?? '';
  const isNamed = from.words[1]?.text.toUpperCase() === 'AS';
  const parent = earlier.findLast(({ name }) => name !== undefined && name === image.toLowerCase());
  const isWindows = parent?.isWindows ?? (escapeMark === '`' || WINDOWS.test(image));
  const name = isNamed ? from.words[2]?.text.toLowerCase() : undefined;
  return { index: earlier.length, from, image, name, parent, instructions: own, isWindows };
}

/** The comments that stand in no instruction. */
function commentsOf(text: string, instructions: readonly Instruction[]): Comment[] {
  const comments: Comment[] = [];
  let next = 0;
  for (const [index, line] of text.split('\n').entries()) {
    while ((instructions[next]?.lastLine ?? Number.POSITIVE_INFINITY) < index + 1) next += 1;
    const isInside = (instructions[next]?.line ?? Number.POSITIVE_INFINITY) <= index + 1;
    if (!isInside && line.trimStart().startsWith('#')) comments.push({ line: index + 1, text: line.trim() });
  }
  return comments;
}
