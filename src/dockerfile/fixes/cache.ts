import type { Instruction } from '../model.ts';
import { type CodeFirst, codeFirstIn } from '../rules/cache.ts';
import { sourcesOf, targetOf } from '../rules/copies.ts';
import { isWord } from '../shell/tokens.ts';
import type { Draft, Edit, Fix } from './fix.ts';
import { workdirAt } from './instructions.ts';
import { canAppend } from './packages.ts';

/** The files that declare dependencies, where they lie beside the Dockerfile and nothing else is needed. */
function filesOf({ install }: CodeFirst): readonly string[] | undefined {
  const files = install.files?.map((file) => file.replace(/^\.\//u, ''));
  return files?.every((file) => !file.includes('/')) ? files : undefined;
}

function isMovable({ copy, run, install }: CodeFirst, { file }: Draft): boolean {
  const at = file.instructions.indexOf(copy);
  const [first] = run.shell.commands;
  const target = targetOf(copy).replace(/(?<=.)\/$/u, '');
  const isThere = target === '.' || target === workdirAt(file.stages, copy);
  return (
    copy.keyword === 'COPY' &&
    copy.json === undefined &&
    sourcesOf(copy).length === 1 &&
    copy.flags.every(({ text }) => /^--(?:chown|chmod|link)\b/u.test(text)) &&
    file.instructions[at + 1] === run &&
    isThere &&
    first !== undefined &&
    first.end <= run.body.end &&
    canAppend(run) &&
    !file.text.slice(first.end, secondStart(run) ?? first.end).includes('#') &&
    run.shell.tokens.every((token) => isWord(token) || token.operator === '&&') &&
    installIsFirst(run, install.name)
  );
}

/** Where the second command of a RUN begins. */
const secondStart = ({ shell }: Instruction): number | undefined => shell.commands[1]?.start;

const installIsFirst = ({ shell }: Instruction, name: string): boolean => {
  const [first] = shell.commands;
  return first !== undefined && name.startsWith(first.program.replace(/^python.*/u, 'pip').replace(/^pip.*/u, 'pip'));
};

/** Dependencies before code: what declares them is copied, they are installed, and the code follows. */
function dependenciesFirst(draft: Draft): Edit[] {
  const { text } = draft.file;
  return draft.file.stages.flatMap((stage): Edit[] => {
    const found = codeFirstIn(stage);
    const files = found && filesOf(found);
    if (!found || !files || !isMovable(found, draft)) return [];
    const { copy, run } = found;
    const [first, next] = run.shell.commands;
    const flags = ({ flags }: Instruction) => flags.map(({ start, end }) => `${text.slice(start, end)} `).join('');
    const target = targetOf(copy).endsWith('/') ? targetOf(copy) : `${targetOf(copy)}/`;
    const begin = secondStart(run);
    const lines = [
      `COPY ${flags(copy)}${files.join(' ')} ${target}`,
      // Comments between the two are about the RUN.
      text.slice(copy.end, run.start).trim(),
      `RUN ${flags(run)}${text.slice(run.body.start, next ? first?.end : run.body.end)}`,
      text.slice(copy.start, copy.end),
      begin === undefined ? '' : `RUN ${flags(run)}${text.slice(begin, run.body.end)}`,
    ];
    return [{ start: copy.start, end: run.end, text: lines.filter((line) => line !== '').join('\n') }];
  });
}

export const CACHE_FIXES: readonly Fix[] = [{ rules: ['FL1001'], edits: dependenciesFirst }];
