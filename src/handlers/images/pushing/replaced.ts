import { familiar, parseReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import type { PushPlan } from './types.ts';

/** What a push of another image would replace, one sentence each; empty for a tag that is free to take. */
export function replacedByPush({ target, before }: Pick<PushPlan, 'before' | 'target'>): readonly string[] {
  const reference = parseReference(target);
  if (before === null || kindOfTag(reference.tag ?? '') !== 'release') return [];
  return [`${familiar(reference)} is a release, and ${reference.registry} has another image as it.`];
}
