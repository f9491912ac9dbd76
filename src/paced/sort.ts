import { createPace } from './pace.ts';

/** The one collator of the process: building one, as `localeCompare` does, costs more than a comparison. */
export const byName = new Intl.Collator('en').compare;
/** As `byName`, with runs of digits compared as numbers. */
export const byNumber = new Intl.Collator('en', { numeric: true }).compare;

/** Items that a plain sort orders faster than the event loop would notice. */
const FEW = 500;
const STEPS = 64;

/** A sorted copy; stable. Of many items, with pauses for the event loop. */
export async function sortPaced<T>(items: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
  if (items.length <= FEW) return items.toSorted(compare);
  const pace = createPace();
  let from = [...items];
  let to = new Array<T>(items.length);
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at += 1) {
        const takesLeft = right >= end || (left < middle && compare(from[left] as T, from[right] as T) <= 0);
        to[at] = from[takesLeft ? left : right] as T;
        if (takesLeft) left += 1;
        else right += 1;
        if (at % STEPS === 0) await pace();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
