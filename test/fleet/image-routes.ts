import { addImage, type EngineState, hashOf, Refused, type StandInImage } from './engine-state.ts';
import type { Answered, Asked } from './exchange.ts';

/** A reference in the form that an engine lists: `busybox:1.36`, `registry.local/shop@sha256:…`. */
function shortName(reference: string): string {
  const short = reference.replace(/^docker\.io\/(?:library\/)?/u, '');
  // With a tag and a digest, the digest counts.
  return short.replace(/:[\w][\w.-]*(?=@)/u, '');
}

/** The image that a request names by id, tag or digest; 404 without. */
export function findImage(state: EngineState, reference: string): StandInImage {
  const name = shortName(reference);
  const found =
    state.images.get(name) ??
    [...state.images.values()].find(({ tags, digests }) => tags.includes(name) || digests.includes(name));
  if (!found) throw new Refused(404, `No such image: ${reference}`);
  return found;
}

export function imageInspected({ state, part }: Asked): Answered {
  const { id, tags, digests } = findImage(state, part);
  return {
    status: 200,
    body: {
      Id: id,
      RepoTags: tags,
      RepoDigests: digests,
      Created: '2026-01-01T00:00:00Z',
      Size: 4_000_000,
      Os: 'linux',
      Architecture: 'amd64',
      Config: { Cmd: ['sh'], Env: ['PATH=/bin'] },
      RootFS: { Type: 'layers', Layers: [] },
    },
  };
}

export function imageList({ state }: Asked): Answered {
  const body = [...state.images.values()].map(({ id, tags, digests }) => ({
    Id: id,
    ParentId: '',
    RepoTags: tags,
    RepoDigests: digests,
    Created: 1_767_225_600,
    Size: 4_000_000,
    SharedSize: -1,
    Labels: null,
    Containers: -1,
  }));
  return { status: 200, body };
}

/** A pull of what its registry has: each tag and digest there is. */
export function pulled({ state, query }: Asked): Answered {
  const repository = query.get('fromImage') ?? '';
  const tag = query.get('tag') ?? 'latest';
  const [name = '', ownDigest] = repository.split('@');
  const digest = ownDigest ?? (tag.startsWith('sha256:') ? tag : undefined);
  addImage(state, name, digest === undefined ? { tag } : { digest });
  return { status: 200, body: { status: `Status: Downloaded newer image for ${repository}` } };
}

/** Gives an image one more name. */
export function tagged({ state, part, query }: Asked): Answered {
  const { digests } = findImage(state, part);
  const digest = digests[0]?.split('@')[1];
  addImage(state, query.get('repo') ?? '', { tag: query.get('tag') ?? 'latest', ...(digest ? { digest } : {}) });
  return { status: 201 };
}

/** The digest of a tag in its registry, which every engine sees alike. */
export function distribution({ part }: Asked): Answered {
  const tag = /:([\w][\w.-]*)$/u.exec(part)?.[1] ?? 'latest';
  const repository = part.replace(/:[\w][\w.-]*$/u, '');
  const digest = `sha256:${hashOf(`${repository}:${tag}`)}`;
  const platform = { architecture: 'amd64', os: 'linux' };
  return { status: 200, body: { Descriptor: { digest, size: 500, mediaType: MANIFEST }, Platforms: [platform] } };
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
