import type { z } from 'zod';
import { code } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import type { Field } from './define.ts';

/** Says what is wrong with what was typed for a field, with the nearest spelling; `spelt` is how each option was written. */
export function issueText(
  issue: z.core.$ZodIssue | undefined,
  item: Field | undefined,
  given: Record<string, unknown>,
  spelt: ReadonlyMap<string, string>,
): string {
  if (!issue || !item) return issue?.message ?? 'That does not fit together.';
  const at = issue.path[1];
  const whole = given[item.key];
  const typed = Array.isArray(whole) && typeof at === 'number' ? whole[at] : whole;
  const name = item.position === undefined ? (spelt.get(item.key) ?? `--${item.option}`) : (item.value ?? item.key);
  const near = item.choices && typeof typed === 'string' ? nearest(typed, item.choices) : undefined;
  const didYouMean = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  if (item.choices && item.position !== undefined && typeof typed === 'string')
    return `Unknown ${name} ${code(typed)}.${didYouMean || ` Choose one of ${item.choices.join(', ')}.`}`;
  const right = item.choices ? `takes one of ${item.choices.join(', ')}` : (lengthText(issue) ?? issue.message);
  return `\`${name}\` ${right}${typeof typed === 'string' && typed !== '' && !item.secret ? `, not ${code(typed)}` : ''}.${didYouMean}`;
}

// A schema's own words for these are meant for programmers.
function lengthText(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big' && issue.origin === 'string') return `has at most ${issue.maximum} characters`;
  return issue.code === 'too_small' && issue.origin === 'string' ? 'cannot be empty' : undefined;
}
