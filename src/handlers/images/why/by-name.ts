import { type Cause, type Diagnosis, SURE } from '../../../docker/diagnosis/cause.ts';
import type { UserError } from '../../../domain/errors.ts';

/** A name that is refused before any registry is asked: not a reference, without the tag that is required, not allowed. */
export function diagnoseName(typed: string, { reason, phrase, hint }: UserError): Diagnosis {
  const ids: Readonly<Record<string, string>> = { image_not_allowed: 'image-not-allowed', tag_needed: 'tag-required' };
  const better = corrected(typed);
  const cause: Cause = {
    id: ids[reason] ?? 'bad-reference',
    rank: SURE.told,
    sentence: phrase,
    evidence: [],
    advice: hint ?? (better === undefined ? 'Image names are lower case: registry/repository:tag' : `Write ${better}`),
    next: better === undefined ? [] : [{ label: `Why ${better}?`, line: `why ${better}` }],
  };
  return { causes: [cause], lookedAt: ['the spelling of the name'], unread: [] };
}

/** What was meant by an address of the browser, or by capitals; undefined where it is the same. */
function corrected(typed: string): string | undefined {
  const name = typed.replace(/^https?:\/\//iu, '').replace(/\/v2\//u, '/');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const lower = colon < 0 ? name.toLowerCase() : name.slice(0, colon).toLowerCase() + name.slice(colon);
  return lower === typed || !/^[\w.:/@-]{1,300}$/u.test(lower) ? undefined : lower;
}
