/** The arguments of a Web API call, from a form or a JSON body. */
export type Fields = Readonly<Record<string, unknown>>;
/** The body of an answer. */
export type Outcome = Readonly<Record<string, unknown>> & { readonly ok: boolean };

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function flag(fields: Fields, name: string): boolean {
  return ['true', '1'].includes(String(fields[name]));
}

/** A list or an object: as it is in a JSON body, parsed from JSON in a form. Undefined for invalid JSON. */
export function json(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
