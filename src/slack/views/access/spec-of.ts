import { SPECS } from '../../../commands/index.ts';
import type { CommandSpec } from '../../../commands/language/define.ts';

export const specOf = (name: string): CommandSpec | undefined => SPECS.find((spec) => spec.name === name);
