/** A value as Go prints it: `map[80/tcp:{}]`, `[a b]`, `<no value>`. */
export function printed(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // The engine's own empty set of ports or volumes.
  if (entries.length === 0) return '{}';
  return `map[${entries.map(([key, one]) => `${key}:${printed(one)}`).join(' ')}]`;
}
