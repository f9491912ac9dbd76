import type { Asked, Content } from './v2.ts';

/*
 * Docker Hub's API, after docker/docs content/reference/api/hub/latest.yaml (tags of a repository; `X-RateLimit-*`, 429 with
 * `X-Retry-After` as a Unix time), and its undocumented search of repositories.
 */

export interface HubCatalogue {
  readonly results?: readonly {
    readonly repo_name: string;
    readonly short_description: string;
    readonly star_count: number;
    readonly is_official: boolean;
  }[];
  /** Tags whose push is not said. */
  readonly isLimited?: boolean;
}

const LIMITS = { 'x-ratelimit-limit': '180', 'x-ratelimit-remaining': '179' };
const TAG = /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags\/([^/]+)$/u;

/** Answers the addresses of the API; false for others. */
export function answerHubCatalogue({ url, respond }: Asked, content: Content, catalogue: HubCatalogue): boolean {
  const [, namespace, repository, tag] = TAG.exec(url.pathname) ?? [];
  const isSearch = url.pathname === '/v2/search/repositories/';
  if (!isSearch && tag === undefined) return false;
  if (catalogue.isLimited) {
    const at = Math.floor(Date.now() / 1000) + 3600;
    respond(429, { detail: 'Rate limit exceeded' }, { 'x-retry-after': `${at}` });
    return true;
  }
  if (isSearch) {
    const query = url.searchParams.get('query') ?? '';
    const all = (catalogue.results ?? []).filter(({ repo_name: name }) => name.includes(query));
    const results = all.slice(0, Number(url.searchParams.get('page_size') ?? 10));
    respond(200, { count: all.length, next: '', previous: '', results }, LIMITS);
    return true;
  }
  const found = content.get(`${namespace}/${repository}`);
  const digest = found?.tags.get(decodeURIComponent(tag ?? ''));
  if (digest === undefined) respond(404, { message: 'object not found', errinfo: { namespace, repository } });
  else
    respond(
      200,
      {
        name: tag,
        digest,
        full_size: 70_000_000,
        last_updated: '2026-11-18T00:00:00Z',
        tag_last_pushed: '2026-11-20T10:00:00Z',
        images: [
          { os: 'linux', architecture: 'arm64', variant: 'v8', digest: `sha256:${'a'.repeat(64)}`, size: 68_000_000 },
          { os: 'linux', architecture: 'amd64', variant: null, digest: `sha256:${'b'.repeat(64)}`, size: 70_000_000 },
          { os: 'unknown', architecture: 'unknown', variant: null, digest: `sha256:${'c'.repeat(64)}`, size: 900 },
        ],
      },
      LIMITS,
    );
  return true;
}
