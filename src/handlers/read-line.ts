import { type Parsed, parseLine } from '../commands/language/parse.ts';
import type { Deps } from './deps.ts';

/**
 * Parses a line that a person gave. What is shown or kept of it has no secrets: its reason, which others read, and its shown
 * spelling. Throws a `UserError` as `parseLine` does.
 */
export function readLine(text: string, { specs, config, redact }: Pick<Deps, 'specs' | 'config' | 'redact'>): Parsed {
  const parsed = parseLine(text, specs, config.slack.prefix);
  return { ...parsed, args: withReason(parsed.args, redact), shownLine: redact(parsed.shownLine) };
}

function withReason(args: unknown, redact: Deps['redact']): unknown {
  if (typeof args !== 'object' || args === null || !('reason' in args) || typeof args.reason !== 'string') return args;
  return { ...args, reason: redact(args.reason) };
}
