import { LOG_FILE_RULES } from './log-files.ts';
import { LOG_NETWORK_RULES } from './log-network.ts';
import { LOG_PROGRAM_RULES } from './log-program.ts';
import { LOG_RESOURCE_RULES } from './log-resources.ts';
import type { LogRule } from './log-rule.ts';
import { LOG_SETTING_RULES } from './log-settings.ts';

/** In the order of how specific they are: a line matches the words of several. */
export const LOG_RULES: readonly LogRule[] = [
  ...LOG_RESOURCE_RULES,
  ...LOG_NETWORK_RULES,
  ...LOG_FILE_RULES,
  ...LOG_SETTING_RULES,
  ...LOG_PROGRAM_RULES,
];
