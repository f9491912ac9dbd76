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

// Linear: no regular expression is built from typed text. `*` never crosses a slash, as in docker's path.Match.
function glob(pattern: string, text: string): boolean {
  const wanted = pattern.split('/');
  const parts = text.split('/');
  return wanted.length === parts.length && wanted.every((part, index) => globPart(part, parts[index] as string));
}

function globPart(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === text;
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > text.length - last.length) return false;
    from = found + piece.length;
  }
  return true;
}
