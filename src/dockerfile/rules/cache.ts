import { flagOf, hasCacheMount, type Instruction, type Stage } from '../model.ts';
import { sourcesOf, targetOf } from './copies.ts';
import { fetches, type Install, installOf } from './installs.ts';
import type { Found, Rule } from './rule.ts';

/** Code that is copied before the dependencies are installed, so that every change of it installs them again. */
export interface CodeFirst {
  readonly copy: Instruction;
  readonly run: Instruction;
  readonly install: Install;
}

/** Whether an instruction copies the whole context. */
const copiesAll = (instruction: Instruction): boolean =>
  (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
  flagOf(instruction, 'from') === undefined &&
  sourcesOf(instruction).some(({ text }) => /^\.?\/?$|^\.?\/?\*$/u.test(text)) &&
  targetOf(instruction) !== '';

/** The first place in a stage where code comes before dependencies. */
export function codeFirstIn(stage: Stage): CodeFirst | undefined {
  const done = new Set<string>();
  let copy: Instruction | undefined;
  for (const one of stage.instructions) {
    if (copiesAll(one)) copy ??= one;
    if (one.keyword !== 'RUN') continue;
    for (const command of one.shell.commands) {
      const install = installOf(command);
      if (install && copy && !done.has(install.ecosystem) && !hasCacheMount(one)) return { copy, run: one, install };
      if (install) done.add(install.ecosystem);
      for (const ecosystem of ['rust', 'maven', 'gradle']) if (fetches(command, ecosystem)) done.add(ecosystem);
    }
  }
  return undefined;
}

const adviceOf = ({ install }: CodeFirst): string =>
  install.advice ??
  (install.files
    ? `Copy ${install.files[0]} and the lock file alone, run \`${install.name}\``
    : 'Copy what declares the dependencies alone, install them');

export const CACHE_RULES: readonly Rule[] = [
  {
    id: 'FL1001',
    severity: 'warning',
    find: ({ file }): Found[] =>
      file.stages.flatMap((stage) => {
        const found = codeFirstIn(stage);
        if (!found) return [];
        const says = `All code is copied before \`${found.install.name}\`, so every change of code installs the dependencies again. ${adviceOf(found)}, then copy the rest.`;
        return [{ line: found.copy.line, says }];
      }),
  },
];
