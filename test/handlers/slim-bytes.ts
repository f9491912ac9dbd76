import { expect } from 'vitest';
import type { SlimResult } from '../../src/handlers/images/slim.ts';

/** Bytes of each kind of finding. */
export function bytesById({ analysis }: SlimResult): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { id, bytes } of analysis.findings) found[id] = (found[id] ?? 0) + bytes;
  return found;
}

/** Holds what was found against what was planted: the same kinds, and their bytes within 5 %. */
export function withinFivePercent(
  found: Record<string, number>,
  planted: Readonly<Record<string, number>>,
  about: string,
) {
  expect(Object.keys(found).toSorted(), about).toEqual(Object.keys(planted).toSorted());
  for (const [id, bytes] of Object.entries(planted))
    expect(Math.abs((found[id] ?? 0) - bytes), `${about}, ${id}: ${found[id]}`).toBeLessThanOrEqual(bytes * 0.05);
}
