import type { Instruction } from '../model.ts';
import { before, type Found, ofInstructions, type Rule, type Subject } from './rule.ts';

const KEYWORDS = new Set([
  ...['ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER'],
  ...['ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'],
]);

/** Why Docker would not read an instruction; undefined when it would. */
function syntaxError(instruction: Instruction): string | undefined {
  const { keyword, words, heredocs } = instruction;
  if (!KEYWORDS.has(keyword))
    return 'There is no such instruction: check its spelling, or the `\\` of the line before.';
  if (words.length === 0) return `${keyword} has no arguments.`;
  if (heredocs.some(({ isClosed }) => !isClosed))
    return 'A here-document is never closed: end it with its name on a line.';
  if ((keyword === 'COPY' || keyword === 'ADD') && words.length === 1) return `${keyword} needs a source and a target.`;
  if (keyword === 'FROM' && words.length > 1 && (words.length !== 3 || words[1]?.text.toUpperCase() !== 'AS'))
    return 'FROM takes an image, and `AS` with a name.';
  return undefined;
}

/** Every one but the last of a keyword that counts once in a stage. */
function repeated({ file }: Subject, keyword: string, says: string): Found[] {
  return file.stages.flatMap(({ instructions }) =>
    instructions
      .filter((one) => one.keyword === keyword)
      .slice(1)
      .map(({ line }) => ({ line, says })),
  );
}

const VARIABLE = /\$\{?([A-Za-z_]\w*)/gu;

/** Whether a value of an ENV needs another that the same ENV sets, which it does not see yet. */
function readsItself({ words }: Instruction, earlier: readonly Instruction[]): boolean {
  const pairs = words.map(({ text }) => [text.slice(0, Math.max(0, text.indexOf('='))), text] as const);
  if (pairs[0]?.[0] === '') return false;
  const own = new Set(pairs.map(([name]) => name));
  const needed = new Set(
    pairs.flatMap(([name, text]) =>
      [...text.slice(name.length + 1).matchAll(VARIABLE)].flatMap(([, used = '']) =>
        used !== name && own.has(used) ? [used] : [],
      ),
    ),
  );
  if (needed.size === 0) return false;
  for (const { keyword, words: set } of earlier) {
    if (needed.size === 0) break;
    if (keyword === 'ENV' || keyword === 'ARG') for (const { text } of set) needed.delete(text.split('=', 1)[0] ?? '');
  }
  return needed.size > 0;
}

/** How instructions are written and ordered. */
export const INSTRUCTION_RULES: readonly Rule[] = [
  {
    id: 'DL1000',
    severity: 'error',
    find: ({ file }) =>
      file.instructions.every(({ keyword }) => keyword === 'ARG')
        ? [{ line: 1, says: 'There is no FROM, so there is nothing to build.' }]
        : file.instructions.flatMap((instruction) => {
            const says = syntaxError(instruction);
            return says === undefined ? [] : [{ line: instruction.line, says }];
          }),
  },
  {
    id: 'DL3061',
    severity: 'error',
    find: ({ file }) => {
      const [first] = file.instructions.filter(({ keyword }) => keyword !== 'ARG');
      if (!first || first.keyword === 'FROM' || !KEYWORDS.has(first.keyword)) return [];
      return [{ line: first.line, says: 'A Dockerfile begins with FROM; only ARG may stand before it.' }];
    },
  },
  ofInstructions({
    id: 'DL3000',
    severity: 'error',
    on: ['WORKDIR'],
    says: 'The path depends on the WORKDIR before it: write it from the root.',
    isBroken: ({ instruction: { body } }) => body.text !== '' && !/^["']?(?:[/\\$]|[A-Za-z]:)/u.test(body.text),
  }),
  ofInstructions({
    id: 'DL3011',
    severity: 'error',
    on: ['EXPOSE'],
    says: 'A port is between 0 and 65535.',
    isBroken: ({ instruction }) =>
      instruction.words.some(({ text }) => [...text.matchAll(/\d+/gu)].some(([port]) => Number(port) > 65_535)),
  }),
  { id: 'DL3012', severity: 'error', find: (one) => repeated(one, 'HEALTHCHECK', 'Only the last HEALTHCHECK counts.') },
  { id: 'DL4003', severity: 'warning', find: (one) => repeated(one, 'CMD', 'Only the last CMD counts.') },
  { id: 'DL4004', severity: 'error', find: (one) => repeated(one, 'ENTRYPOINT', 'Only the last ENTRYPOINT counts.') },
  ofInstructions({
    id: 'DL4000',
    severity: 'error',
    on: ['MAINTAINER'],
    says: 'MAINTAINER is deprecated: use `LABEL org.opencontainers.image.authors`.',
    isBroken: () => true,
  }),
  ofInstructions({
    id: 'DL3043',
    severity: 'error',
    on: ['ONBUILD'],
    says: 'ONBUILD takes no ONBUILD, FROM or MAINTAINER.',
    isBroken: ({ instruction }) => /^(?:ONBUILD|FROM|MAINTAINER)$/iu.test(instruction.words[0]?.text ?? ''),
  }),
  ofInstructions({
    id: 'DL3044',
    severity: 'error',
    on: ['ENV'],
    says: 'A variable is used in the ENV that sets it, and is still empty there: set it in an ENV before.',
    isBroken: (placed) => readsItself(placed.instruction, before(placed)),
  }),
  ofInstructions({
    id: 'DL3048',
    severity: 'style',
    on: ['LABEL'],
    says: 'The name of a label is lower case letters, digits, `.` and `-`, and is not of Docker’s own namespaces.',
    isBroken: ({ instruction }) =>
      instruction.words.some(({ text }) => {
        const key = text.split('=', 1)[0] ?? '';
        if (!text.includes('=') || key.includes('$')) return false;
        return (
          !/^[a-z](?:[a-z0-9.-]*[a-z0-9])?$/u.test(key) ||
          /[.-]{2}/u.test(key) ||
          /^(?:com\.docker|io\.docker|org\.dockerproject)\./u.test(key)
        );
      }),
  }),
];
