import { hasCacheMount } from '../model.ts';
import type { Word } from '../shell/tokens.ts';
import { hasAny, INSTALL, isName, PIP, packagings } from './package-commands.ts';
import { before, ofInstructions, type Placed, type Rule } from './rule.ts';

const RUN = ['RUN'];
const NPM = /^npm$/u;
const NPM_INSTALL = /^(?:install|i|add)$/u;

const unpinned = (id: string, how: string, namesOf: (placed: Placed) => readonly Word[], isPinned: RegExp): Rule =>
  ofInstructions({
    id,
    severity: 'warning',
    on: RUN,
    says: `Packages without a version: pin them, ${how}.`,
    isBroken: (placed) => namesOf(placed).some((name) => isName(name) && !isPinned.test(name.text)),
  });

const pipNames = ({ instruction }: Placed) =>
  packagings(instruction, PIP, INSTALL).flatMap(({ command, names }) =>
    hasAny(command, '-c', '--constraint', '-e', '--editable') ? [] : names,
  );
const gemNames = ({ instruction }: Placed) =>
  packagings(instruction, /^gem$/u, INSTALL).flatMap(({ command, names }) =>
    hasAny(command, '-v', '--version') ? [] : names,
  );
const goNames = ({ instruction }: Placed) =>
  packagings(instruction, /^go$/u, INSTALL).flatMap(({ names }) => names.filter(({ text }) => /\w\.\w/u.test(text)));

/** Whether pip's own cache is off, or lies outside the layer. */
function hasNoPipCache(placed: Placed): boolean {
  const { instruction } = placed;
  const isOff = (text: string) => /^PIP_NO_CACHE_DIR=(?:1|true|on|yes|off)$/iu.test(text);
  return (
    hasCacheMount(instruction, 'pip') ||
    hasCacheMount(instruction, '.cache') ||
    instruction.shell.commands.some(({ variables }) => variables.some(({ text }) => isOff(text))) ||
    before(placed).some(
      ({ keyword, words }) =>
        (keyword === 'ENV' || keyword === 'ARG') &&
        (words.some(({ text }) => isOff(text)) || isOff(words.map(({ text }) => text).join('='))),
    )
  );
}

/** The package managers of languages. */
export const LANGUAGE_RULES: readonly Rule[] = [
  unpinned('DL3013', '`name==version`, or from a file with `-r`', pipNames, /[=<>~!@]/u),
  unpinned(
    'DL3016',
    '`name@version`',
    ({ instruction }) => packagings(instruction, NPM, NPM_INSTALL).flatMap(({ names }) => names),
    /^(?:@[^@]+|[^@]+)@|^git|^file:|^[\w-]+\/[\w.-]+$/u,
  ),
  unpinned('DL3028', '`name:version`', gemNames, /:/u),
  unpinned('DL3062', '`path@version`', goNames, /@(?!latest$)./u),
  ofInstructions({
    id: 'DL3042',
    severity: 'warning',
    on: RUN,
    says: 'The download cache of pip stays in the layer: add `--no-cache-dir`.',
    isBroken: (placed) =>
      packagings(placed.instruction, PIP, INSTALL).some(({ command }) => !hasAny(command, '--no-cache-dir')) &&
      !hasNoPipCache(placed),
  }),
  ofInstructions({
    id: 'DL3060',
    severity: 'info',
    on: RUN,
    says: 'The download cache of yarn stays in the layer: end the RUN with `&& yarn cache clean`.',
    isBroken: ({ instruction, stage, subject }) => {
      const { commands } = instruction.shell;
      const yarns = commands.filter(({ program }) => program === 'yarn');
      return (
        stage !== undefined &&
        subject.kept.has(stage) &&
        yarns.some(({ args }) => args[0]?.text === 'install') &&
        !yarns.some(({ args }) => args[0]?.text === 'cache' && args[1]?.text === 'clean') &&
        !hasCacheMount(instruction)
      );
    },
  }),
];
