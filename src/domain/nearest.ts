/** Characters of a word that is compared; nothing longer is a misspelling. */
const MOST_LENGTH = 256;
const MOST_EDITS = 8;
/** Steps of comparing for one question, some 30 ms; what is left then is not looked at. */
const MOST_STEPS = 3_000_000;

/** The closest of `candidates` to what was typed, for "Did you mean"; undefined when nothing is near enough. */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  if (typed.length > MOST_LENGTH) return undefined;
  const wanted = typed.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(MOST_EDITS, Math.max(1, Math.floor(typed.length / 3))) + 1;
  let steps = 0;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= bestDistance) continue;
    steps += 1 + wanted.length * (2 * bestDistance + 1);
    if (steps > MOST_STEPS) break;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
    if (bestDistance === 0) break;
  }
  return best;
}

/**
 * Damerau-Levenshtein (adjacent swaps cost one), given up at `limit`. Cells further from the diagonal than that cannot be
 * part of a shorter way and are not computed.
 */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    const row = new Array<number>(b.length + 1).fill(limit);
    row[0] = i;
    let smallest = from === 1 ? i : limit;
    for (let j = from; j <= to; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row[j] = cost;
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return Math.min(limit, at(last, b.length));
}

const at = (row: readonly number[], index: number): number => row[index] as number;
