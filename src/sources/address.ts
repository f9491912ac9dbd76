import type { SourceConfig } from '../config.ts';

/** A file of a repository. */
export interface SourcePlace {
  readonly path: string;
  /** A branch, a tag or a commit; undefined for what the config says. */
  readonly ref?: string | undefined;
}

export interface SourceRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const each = (path: string) => path.split('/').map(encodeURIComponent).join('/');

/** Where a file is read, and with what: the address never leaves the host that the config names, or GitHub's API for it. */
export function requestFor(source: SourceConfig, { path, ref = source.ref }: SourcePlace): SourceRequest {
  const { kind, url, token } = source;
  if (kind === 'raw') {
    const address = url.replaceAll('{path}', each(path)).replaceAll('{ref}', each(ref));
    return { url: new URL(address), headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
  }
  const repository = new URL(url);
  const name = repository.pathname
    .split('/')
    .filter(Boolean)
    .join('/')
    .replace(/\.git$/u, '');
  if (kind === 'gitlab') {
    const below = `/api/v4/projects/${encodeURIComponent(name)}/repository/files/${encodeURIComponent(path)}/raw`;
    return {
      url: new URL(`${repository.origin}${below}?ref=${encodeURIComponent(ref)}`),
      headers: token === undefined ? {} : { 'private-token': token },
    };
  }
  const api = repository.hostname === 'github.com' ? 'https://api.github.com' : `${repository.origin}/api/v3`;
  const query = ref === 'HEAD' ? '' : `?ref=${encodeURIComponent(ref)}`;
  return {
    url: new URL(`${api}/repos/${name}/contents/${each(path)}${query}`),
    headers: {
      accept: 'application/vnd.github.raw+json',
      'user-agent': 'fairlead',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
}
