import { matchesPattern } from '../domain/glob.ts';

const DOCKER_HUB = /^docker\.io\/(?:library\/)?/u;

/**
 * Whether a local image name (`repository:tag` or `repository@digest`) is meant by what somebody typed: a repository,
 * `repository:tag`, or a pattern with `*`. What leads to a repository may be left out: `shop` means `demo/shop` and
 * `harbor.example.com/demo/shop` too. With `docker.io/` it is docker's own reading, of the whole name.
 */
export function matchesReference(typed: string, name: string): boolean {
  const wanted = lowerRepository(typed.replace(DOCKER_HUB, ''));
  if (DOCKER_HUB.test(typed)) return matchesWhole(wanted, name);
  const parts = name.split('/');
  return parts.some((_, from) => matchesWhole(wanted, parts.slice(from).join('/')));
}

function matchesWhole(wanted: string, name: string): boolean {
  const at = name.indexOf('@');
  const repository = at >= 0 ? name.slice(0, at) : name.slice(0, name.lastIndexOf(':'));
  return glob(wanted, repository) || glob(wanted, name);
}

// A repository is lower case, and phones begin with a capital; a tag is as it is.
function lowerRepository(typed: string): string {
  const colon = typed.indexOf(':', typed.lastIndexOf('/') + 1);
  return colon < 0 ? typed.toLowerCase() : typed.slice(0, colon).toLowerCase() + typed.slice(colon);
}

// No part of a name has two stars in a row, which would cross a slash: docker's path.Match has no such thing.
const glob = (pattern: string, text: string): boolean => matchesPattern(pattern.replace(/\*{2,}/gu, '*'), text);
