import type { Config } from '../config.ts';

/** What two processes with the same config have in common, as text. It holds secrets: only a keyed hash of it is stored. */
export function canonicalConfig({ secrets: _, folder: __, ...config }: Config): string {
  return JSON.stringify(config, (___, value: unknown) => {
    if (value instanceof Map) return [...value].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    if (value instanceof Set) return [...value].toSorted();
    return value instanceof RegExp ? value.source : value;
  });
}
