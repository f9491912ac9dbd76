import { type Logger, LogLevel } from '@slack/web-api';
import type { Log } from '../../telemetry.ts';

/**
 * A logger for Slack's libraries that writes their lines to ours: one line of JSON each, with secrets hidden. Their debug
 * lines are left out whatever the level, since they hold whole payloads and addresses that answer without a token.
 */
export function libraryLog(log: Log): Logger {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ said: parts.length === 1 ? parts[0] : parts }, 'A line of the Slack library');
  return {
    debug() {},
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    setLevel() {},
    setName() {},
    getLevel: () => LogLevel.INFO,
  };
}
