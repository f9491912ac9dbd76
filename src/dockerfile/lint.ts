import { type Finding, inOrder } from './finding.ts';
import { ignoredBy } from './ignores.ts';
import { type Dockerfile, keptStages } from './model.ts';
import { CACHE_RULES } from './rules/cache.ts';
import { COPY_RULES } from './rules/copies.ts';
import { IMAGE_RULES } from './rules/images.ts';
import { INSTRUCTION_RULES } from './rules/instructions.ts';
import { LANGUAGE_RULES } from './rules/languages.ts';
import { PACKAGE_RULES } from './rules/packages.ts';
import type { Rule } from './rules/rule.ts';
import { SECRET_RULES } from './rules/secrets.ts';
import { SHELL_RULES } from './rules/shells.ts';
import { STAGE_RULES } from './rules/stages.ts';

export const RULES: readonly Rule[] = [
  ...INSTRUCTION_RULES,
  ...IMAGE_RULES,
  ...STAGE_RULES,
  ...CACHE_RULES,
  ...COPY_RULES,
  ...PACKAGE_RULES,
  ...LANGUAGE_RULES,
  ...SHELL_RULES,
  ...SECRET_RULES,
];

/** What is to be changed in a Dockerfile, worst first, without what the file asks to ignore. Never throws. */
export function lintDockerfile(file: Dockerfile): Finding[] {
  const subject = { file, kept: keptStages(file) };
  const found = RULES.flatMap((rule) =>
    rule.find(subject).map((one): Finding => ({ rule: rule.id, severity: rule.severity, ...one })),
  );
  const isIgnored = ignoredBy(file);
  return inOrder(found.filter((finding) => !isIgnored(finding)));
}
