import { flagOf, type Instruction } from '../model.ts';
import { before, ofInstructions, type Placed, type Rule } from './rule.ts';

const COPY = ['COPY'];
const ARCHIVE = /\.(?:tar(?:\.(?:gz|bz2|xz|lz|lzma|zst|Z))?|tgz|tbz2?|txz|tlz|tzst|gz|bz2|xz|lz|lzma|zst|Z)$/u;
const REMOTE = /^(?:https?|ftp|git|ssh):\/\/|^git@|\.git(?:#|$)/iu;

/** What a COPY or ADD takes, without where it puts it. */
export const sourcesOf = ({ words }: Instruction) => words.slice(0, -1);

export const targetOf = ({ words }: Instruction): string => words.at(-1)?.text ?? '';

/** Whether COPY does the same as this ADD. */
export const isPlainAdd = (instruction: Instruction): boolean =>
  instruction.heredocs.length === 0 &&
  instruction.words.length > 1 &&
  !sourcesOf(instruction).some(({ text }) => REMOTE.test(text) || ARCHIVE.test(text) || text.includes('$'));

function refersTo({ instruction, subject }: Placed): { from: string; stage: number | undefined } | undefined {
  const from = flagOf(instruction, 'from');
  if (from === undefined || from.includes('$')) return undefined;
  const { stages } = subject.file;
  const named = stages.findLast(({ name, index }) => name === from.toLowerCase() && index <= instruction.stage);
  const numbered = /^\d{1,4}$/u.test(from) ? stages[Number(from)]?.index : undefined;
  return { from, stage: named?.index ?? numbered };
}

/** What is copied into an image, and where to. */
export const COPY_RULES: readonly Rule[] = [
  ofInstructions({
    id: 'DL3020',
    severity: 'error',
    on: ['ADD'],
    says: 'ADD also unpacks and downloads: use COPY for files and folders.',
    isBroken: ({ instruction }) => isPlainAdd(instruction),
  }),
  ofInstructions({
    id: 'DL3021',
    severity: 'error',
    on: COPY,
    says: 'Several files go into a folder: end the last argument with `/`.',
    isBroken: ({ instruction }) =>
      instruction.words.length > 2 &&
      instruction.heredocs.length === 0 &&
      !/[/\\]$|^\.$|\$/u.test(targetOf(instruction)),
  }),
  ofInstructions({
    id: 'DL3022',
    severity: 'warning',
    on: COPY,
    says: '`--from` names no earlier stage: name one, or an image with its tag.',
    isBroken: (placed) => {
      const found = refersTo(placed);
      if (!found || /[:/@]/u.test(found.from)) return false;
      return found.stage === undefined || found.stage > placed.instruction.stage;
    },
  }),
  ofInstructions({
    id: 'DL3023',
    severity: 'error',
    on: COPY,
    says: '`--from` names the stage it stands in: name an earlier one.',
    isBroken: (placed) => refersTo(placed)?.stage === placed.instruction.stage,
  }),
  ofInstructions({
    id: 'DL3045',
    severity: 'warning',
    on: COPY,
    says: 'It goes to a relative path, and no WORKDIR says where that is: set one before.',
    isBroken: (placed) =>
      placed.instruction.words.length > 1 &&
      !/^(?:[/\\$]|[A-Za-z]:)/u.test(targetOf(placed.instruction)) &&
      !before(placed).some(({ keyword }) => keyword === 'WORKDIR'),
  }),
  ofInstructions({
    id: 'DL3067',
    severity: 'warning',
    on: COPY,
    says: 'The whole file system of another stage is copied, build tools too: copy what the program needs.',
    isBroken: ({ instruction }) =>
      flagOf(instruction, 'from') !== undefined &&
      targetOf(instruction) === '/' &&
      sourcesOf(instruction).some(({ text }) => text === '/' || text === '/*'),
  }),
  ofInstructions({
    id: 'DL3010',
    severity: 'info',
    on: COPY,
    says: 'The archive is copied and then unpacked, and weighs twice: ADD unpacks it as it copies.',
    isBroken: ({ instruction, stage }) => {
      if (flagOf(instruction, 'from') !== undefined) return false;
      const archives = sourcesOf(instruction)
        .filter(({ text }) => /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)$/u.test(text) && !text.includes('*'))
        .map(({ text }) => text.slice(text.lastIndexOf('/') + 1));
      return (
        archives.length > 0 &&
        (stage?.instructions ?? []).some(
          ({ start, shell }) =>
            start > instruction.start &&
            shell.commands.some(
              ({ program, args }) =>
                program === 'tar' && args.some(({ text }) => archives.some((archive) => text.endsWith(archive))),
            ),
        )
      );
    },
  }),
];
