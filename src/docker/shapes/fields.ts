import { z } from 'zod';

/**
 * The words every shape is made of. Only the fields used, and forgiving: engines from API 1.41 to 1.56 leave different ones
 * out or send null.
 */
export const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
export const strings = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

/** Unix milliseconds; the engine's zero time is no time. */
export function time(iso: string | null | undefined): number | undefined {
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}
