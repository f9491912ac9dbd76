import { type Parsed, parseLine } from '../commands/language/parse.ts';
import { UserError } from '../domain/errors.ts';
import type { ImageReference } from '../domain/reference.ts';
import { createRedactor, type Redact, secretValues } from '../policy/redact.ts';
import type { Deps } from './deps.ts';

/**
 * Parses a line that a person gave. What is shown or kept of it has no secrets: its reason, which others read, and its shown
 * spelling. A secret value of `-e` is masked wherever else it stands. Throws a `UserError` as `parseLine` does.
 */
export function readLine(text: string, { specs, config, redact }: Pick<Deps, 'specs' | 'config' | 'redact'>): Parsed {
  const parsed = parseLine(text, specs, config.slack.prefix);
  const given = givenMask(parsed.args);
  const hide = (text: string) => redact(given(text));
  return { ...parsed, args: withReason(parsed.args, hide), shownLine: hide(parsed.shownLine) };
}

function givenMask(args: unknown): Redact {
  const env = typeof args === 'object' && args !== null && 'env' in args ? args.env : undefined;
  const values = Array.isArray(env) ? secretValues(env.map(String)) : [];
  // The rules are looked through with the line; twice would be twice the time of each request.
  return values.length === 0 ? (text) => text : createRedactor(values);
}

function withReason(args: unknown, redact: Redact): unknown {
  if (typeof args !== 'object' || args === null || !('reason' in args) || typeof args.reason !== 'string') return args;
  return { ...args, reason: redact(args.reason) };
}

/** The image that a line names; undefined also for what is no image, which the handler says. */
export function imageOf({ spec, args }: Pick<Parsed, 'spec' | 'args'>): ImageReference | undefined {
  try {
    return spec.imageOf?.(args);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
