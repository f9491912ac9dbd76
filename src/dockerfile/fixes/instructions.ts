import { posix } from 'node:path';
import { chainOf, type Instruction, type Stage } from '../model.ts';
import { targetOf } from '../rules/copies.ts';
import { isWord } from '../shell/tokens.ts';
import { brokenAt, type Draft, type Edit, type Fix, insert } from './fix.ts';

/** The words of a command that a list says as well; undefined where it needs a shell. */
function listOf({ shell, body }: Instruction, text: string): string[] | undefined {
  const [command, ...others] = shell.commands;
  const isSimple = shell.tokens.every((token) => isWord(token) && !token.isExpanded) && shell.unclosed === undefined;
  if (!command || others.length > 0 || !isSimple || command.variables.length > 0 || shell.hasComment) return undefined;
  // A comment between its lines would be lost.
  if (text.slice(body.start, body.end).includes('#')) return undefined;
  const words = shell.tokens.flatMap((token) => (isWord(token) ? [token.text] : []));
  return words[0] === command.name.text && !/^(?:exec|cd|export|set|source|\.|exit|:|if|for|while)$/u.test(words[0])
    ? words
    : undefined;
}

const asList = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

/** Whether a list would be given to a program, or be ignored, where the shell form was not: with both in one image. */
function hasBoth({ file }: Draft, { stage, keyword }: Instruction): boolean {
  const other = { CMD: 'ENTRYPOINT', ENTRYPOINT: 'CMD' }[keyword];
  return chainOf(file.stages[stage]).some(({ instructions }) => instructions.some((one) => one.keyword === other));
}

/** The lines of an instruction, with the break behind them. */
const wholeLines = ({ start, end }: Instruction, text: string): Edit => ({
  start,
  end: text[end] === '\n' ? end + 1 : end,
  text: '',
});

function allButLast({ file, findings }: Draft, rule: string, keyword: string): Edit[] {
  const lines = new Set(findings.filter((finding) => finding.rule === rule).map(({ line }) => line));
  return file.stages.flatMap(({ instructions }) => {
    const own = instructions.filter((one) => one.keyword === keyword);
    if (!own.some(({ line }) => lines.has(line))) return [];
    // A comment between its lines would be lost.
    const removable = own.slice(0, -1).filter((one) => !file.text.slice(one.start, one.end).includes('#'));
    return removable.map((one) => wholeLines(one, file.text));
  });
}

/** The folder that WORKDIR has set at an instruction; undefined where the file does not say. */
export function workdirAt(stages: readonly Stage[], at: Instruction): string | undefined {
  let folder: string | undefined;
  for (let stage: Stage | undefined = stages[at.stage]; stage && folder === undefined; stage = stage.parent) {
    for (const { keyword, start, body } of stage.instructions) {
      if (keyword !== 'WORKDIR' || start >= at.start) continue;
      const path = body.text.replace(/^"(.*)"$/u, '$1');
      if (path.includes('$') || (!path.startsWith('/') && folder === undefined)) folder = undefined;
      else folder = path.startsWith('/') ? path : posix.resolve(folder ?? '/', path);
    }
  }
  return folder;
}

export const INSTRUCTION_FIXES: readonly Fix[] = [
  {
    rules: ['DL3020'],
    edits: (draft) =>
      brokenAt(draft, 'DL3020')
        .filter(({ flags }) => flags.every(({ text }) => /^--(?:chown|chmod|link)\b/u.test(text)))
        .map(({ start, keywordEnd }) => ({ start, end: keywordEnd, text: 'COPY' })),
  },
  {
    rules: ['DL3021'],
    edits: (draft) =>
      brokenAt(draft, 'DL3021').flatMap((instruction) => {
        const last = instruction.words.at(-1);
        return last && !last.isQuoted && targetOf(instruction) !== '' ? [insert(last.end, '/')] : [];
      }),
  },
  {
    rules: ['FL4002'],
    edits: (draft) =>
      brokenAt(draft, 'FL4002')
        .filter(({ body }) => !/["\\]/u.test(body.text))
        .map(({ body }) => ({ ...body, text: body.text.replaceAll("'", '"') })),
  },
  {
    rules: ['DL3025'],
    edits: (draft) =>
      brokenAt(draft, 'DL3025').flatMap((instruction): Edit[] => {
        const words = hasBoth(draft, instruction) ? undefined : listOf(instruction, draft.file.text);
        if (!words) return [];
        const { body, keyword } = instruction;
        return [{ ...body, text: `${keyword === 'HEALTHCHECK' ? 'CMD ' : ''}${asList(words)}` }];
      }),
  },
  {
    rules: ['DL4000'],
    edits: (draft) =>
      brokenAt(draft, 'DL4000')
        .filter(({ body }) => !/[\\$\n]/u.test(body.text))
        .map(({ start, end, body }) => {
          const name = body.text.replace(/^(["'])(.*)\1$/u, '$2').replaceAll('"', '\\"');
          return { start, end, text: `LABEL org.opencontainers.image.authors="${name}"` };
        }),
  },
  { rules: ['DL4003'], edits: (draft) => allButLast(draft, 'DL4003', 'CMD') },
  { rules: ['DL4004'], edits: (draft) => allButLast(draft, 'DL4004', 'ENTRYPOINT') },
  { rules: ['DL3012'], edits: (draft) => allButLast(draft, 'DL3012', 'HEALTHCHECK') },
  {
    rules: ['DL3000'],
    edits: (draft) =>
      brokenAt(draft, 'DL3000').flatMap((instruction): Edit[] => {
        const folder = workdirAt(draft.file.stages, instruction);
        const { body } = instruction;
        if (folder === undefined || !/^[\w./-]+$/u.test(body.text)) return [];
        return [{ ...body, text: posix.resolve(folder, body.text) }];
      }),
  },
  {
    rules: ['FL2003'],
    edits: ({ file }) => {
      const last = file.stages.at(-1);
      // The official image has that user; of others nobody knows.
      if (!last || !/^(?:docker\.io\/)?(?:library\/)?node[:@]/u.test(last.image)) return [];
      const start = last.instructions.findIndex(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT');
      const rest = last.instructions.slice(start);
      const isLast = rest.every(({ keyword }) =>
        /^(?:CMD|ENTRYPOINT|EXPOSE|HEALTHCHECK|LABEL|STOPSIGNAL)$/u.test(keyword),
      );
      return start < 0 || !isLast || !rest[0] ? [] : [insert(rest[0].start, 'USER node\n')];
    },
  },
];
