/** Whether `*` in a pattern, any characters or none, makes it the text. Linear: the first place a piece fits is as good as any. */
export function matchesStars(pattern: string, text: string): boolean {
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

/** The same over the parts of a path: `*` stays within a part, and a part `**` stands for one part or more. */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  // Which numbers of parts the pattern so far can take.
  let reached = new Set([0]);
  for (const one of wanted) {
    const next = new Set<number>();
    for (const at of reached) {
      if (one !== '**') {
        if (at < parts.length && matchesStars(one, parts[at] as string)) next.add(at + 1);
        continue;
      }
      // Nothing at all is no part: `/**` is not `/` itself.
      for (let end = at + 1; end <= parts.length; end += 1) if (end > at + 1 || parts[at] !== '') next.add(end);
    }
    reached = next;
  }
  return reached.has(parts.length);
}
