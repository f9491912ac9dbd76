import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { nextVersions } from '../../../domain/release.ts';
import { onHosts } from '../../choices.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import type { TagOffers } from './types.ts';

/** Newest of the tags that offers are counted from: releases are at their beginning. */
const MOST_TAGS = 2000;

/** Offers the next patch, minor and major release of a repository, each with the line that sets it. */
export async function offerVersions(
  source: ImageReference,
  repository: ImageReference,
  request: Pick<Request, 'hosts' | 'hostsNamed'>,
  { deps: { tags }, signal }: { readonly deps: Pick<Deps, 'tags'>; readonly signal: AbortSignal },
): Promise<TagOffers> {
  const known = await tags.list(repository, signal);
  const from = familiar(source);
  const offers = nextVersions(source.tag, known.tags.slice(0, MOST_TAGS)).map((next) => {
    const line = `tag ${from} ${familiar({ ...repository, tag: next.tag })}`;
    return { ...next, line: request.hostsNamed ? onHosts(line, request.hosts) : line };
  });
  return { kind: 'tag-offers', source: from, repository: familiar(repository), offers, tagsCut: known.cut };
}
