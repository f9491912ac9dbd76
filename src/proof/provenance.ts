import { z } from 'zod';
import type { Built } from './types.ts';

const Text = z.string().max(2000);
const Digests = z.looseObject({ gitCommit: Text, sha1: Text }).partial();
const Source = z.looseObject({ uri: Text, digest: Digests }).partial();

/** https://slsa.dev/spec/v1.0/provenance */
const V1 = z.lazy(() =>
  z.looseObject({
    buildDefinition: z.looseObject({
      externalParameters: z
        .looseObject({ workflow: z.looseObject({ repository: Text, ref: Text }).partial(), configSource: Source })
        .partial()
        .optional(),
      resolvedDependencies: z.array(Source).max(5000).optional(),
    }),
    runDetails: z.looseObject({ builder: z.looseObject({ id: Text }) }),
  }),
);

/** https://slsa.dev/spec/v0.2/provenance */
const V02 = z.lazy(() =>
  z.looseObject({
    builder: z.looseObject({ id: Text }),
    invocation: z.looseObject({ configSource: Source }).partial().optional(),
  }),
);

/** How an image was built, by an SLSA predicate of version 1 or 0.2; undefined for one that does not say. */
export function readProvenance({
  type,
  predicate,
}: {
  readonly type: string;
  readonly predicate: unknown;
}): Built | undefined {
  if (type.endsWith('/v0.2')) {
    const { data } = V02.safeParse(predicate);
    return data && { builder: word(data.builder.id), ...sourceOf(data.invocation?.configSource) };
  }
  const { data } = V1.safeParse(predicate);
  if (!data) return undefined;
  const { externalParameters: asked, resolvedDependencies = [] } = data.buildDefinition;
  const workflow = readSource(asked?.workflow?.repository);
  const sources = [asked?.configSource ?? {}, ...resolvedDependencies].map(sourceOf);
  const source =
    sources.find(
      ({ repository, commit }) => commit !== undefined && (!workflow || repository === workflow.repository),
    ) ?? sources.find(({ repository }) => repository !== undefined);
  const ref = word(asked?.workflow?.ref) ?? source?.ref;
  return { builder: word(data.runDetails.builder.id), ...workflow, ...source, ref };
}

function sourceOf({ uri, digest }: z.infer<typeof Source> = {}): Omit<Built, 'builder'> {
  const commit = digest?.gitCommit ?? digest?.sha1;
  return { ...readSource(uri), commit: commit !== undefined && isCommit(commit) ? commit : undefined };
}

/** `git+https://github.com/acme/shop.git@refs/heads/main` in its parts; undefined for what is no plain https address. */
function readSource(uri: string | undefined): { repository: string; ref: string | undefined } | undefined {
  const url = URL.parse(uri?.replace(/^git\+/u, '') ?? '');
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.search !== '') return undefined;
  const [path = '', ...after] = url.pathname.split('@');
  const repository = repositoryOf(`https://${url.host}${path}`);
  const ref = after.length > 0 ? after.join('@') : url.hash.slice(1);
  return repository === undefined ? undefined : { repository, ref: word(ref) };
}

/** A repository's address, as it is compared: without `.git` and a last slash. Undefined for what is none. */
export function repositoryOf(address: string | undefined): string | undefined {
  const url = address?.replace(/\/$/u, '').replace(/\.git$/u, '');
  return url !== undefined && /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9_.~-]+){1,10}$/u.test(url)
    ? url
    : undefined;
}

export const isCommit = (text: string) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);

/** Printable text of at most 500 characters without blanks. */
export function word(text: string | undefined): string | undefined {
  return text !== undefined && /^[!-~]{1,500}$/u.test(text) ? text : undefined;
}
