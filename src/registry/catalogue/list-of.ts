import { z } from 'zod';

/** A list of at most so many entries; a longer one is refused before its entries are looked at. */
export const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.lazy(() =>
    z
      .unknown()
      .refine((value) => !Array.isArray(value) || value.length <= most, {
        error: `more than ${most} entries`,
        abort: true,
      })
      .pipe(z.array(item)),
  );
