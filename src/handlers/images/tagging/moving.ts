import type { ImageReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';

/** What to know of a tag that may be another image tomorrow; nothing of a release. */
export function movingTag({ tag = 'latest' }: Pick<ImageReference, 'tag'>): string[] {
  if (tag === 'latest')
    return ['`latest` does not say which version it is, and what it stands for changes. Tag the version as well.'];
  return kindOfTag(tag) === 'moving' ? [`\`${tag}\` is a moving tag: it may stand for another image later.`] : [];
}
