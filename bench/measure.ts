/** The value below which `share` of the numbers lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs several ways in turn, round after round, so that a slow moment of the machine meets them all. */
export async function sideBySide(
  rounds: number,
  ways: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, number[]>> {
  const out: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (const way of Object.values(ways)) await way();
  for (let round = 0; round < rounds; round += 1)
    for (const [name, way] of Object.entries(ways)) out[name]?.push(await timed(way));
  return out;
}

export function row(what: string, ours: number, theirs: number, unit = 'ms'): void {
  process.stdout.write(
    `${what.padEnd(58)} ${ours.toFixed(1).padStart(9)} ${theirs.toFixed(1).padStart(9)} ${unit.padEnd(4)} ${(ours / theirs).toFixed(2).padStart(6)}\n`,
  );
}
