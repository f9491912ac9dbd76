/** What an option must be, by zod's name for it. */
const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list: [one, another], or lines that begin with -',
  object: 'options: lines of name: value',
  record: 'options: lines of name: value',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What is said of a value of another kind than an option takes; `found` is undefined where the option is missing. */
export function wrongType(expected: string, found: unknown): string {
  if (found === undefined) return 'is missing';
  const wanted = `must be ${WANTED[expected] ?? expected}`;
  if (found === null) return `is empty; ${wanted}`;
  if (expected === 'string' && typeof found === 'number')
    return `${wanted}; a number takes quotes ("${found}") or a unit (${found}m)`;
  if (expected === 'string' && typeof found !== 'object') return `${wanted}, in quotes: "${found}"`;
  return `${wanted}; not ${kindOf(found)}`;
}

function kindOf(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'string') return 'text';
  return typeof found === 'object' ? 'options' : String(found);
}
