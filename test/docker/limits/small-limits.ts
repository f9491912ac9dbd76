import { createLimits, type LimitSettings } from '../../../src/docker/limits/limits.ts';

export const SETTINGS: LimitSettings = { perHost: 2, overall: 3, waiting: 2 };
export const make = (changes: Partial<LimitSettings> = {}) => createLimits({ ...SETTINGS, ...changes });

/** Work that ends when it is told to. */
export function gate() {
  const open = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = async () => {
    begun.resolve();
    await open.promise;
  };
  return { open: open.resolve, begun: begun.promise, work };
}
