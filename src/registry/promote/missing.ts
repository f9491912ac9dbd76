import { RegistryError } from '../errors.ts';

/** What a registry gives, or undefined where it has nothing there. Rejects with any other error. */
export async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RegistryError && error.fault === 'not_found') return undefined;
    throw error;
  }
}
