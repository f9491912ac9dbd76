import { matchesPattern } from '../commands/glob.ts';

/**
 * Whether a local image name (`repository:tag` or `repository@digest`) is meant by what somebody typed: the repository,
 * `repository:tag`, or a pattern with `*`. Matches docker's own reading of `docker images <arg>`.
 */
export function matchesReference(typed: string, name: string): boolean {
  const at = name.indexOf('@');
  const repository = at >= 0 ? name.slice(0, at) : name.slice(0, name.lastIndexOf(':'));
  const wanted = typed.replace(/^(?:docker\.io\/library\/|docker\.io\/)/u, '');
  return glob(wanted, repository) || glob(wanted, name);
}

// No part of a name has two stars in a row, which would cross a slash: docker's path.Match has no such thing.
const glob = (pattern: string, text: string): boolean => matchesPattern(pattern.replace(/\*{2,}/gu, '*'), text);
