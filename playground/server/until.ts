import type { State } from './state.ts';

/** Looks now and after every change, until something is found. Nothing is polled. */
export function until<T>(state: State, look: () => T | undefined, timeoutMs: number, missed: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      off();
      clearTimeout(timer);
    };
    const check = () => {
      try {
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      } catch (error) {
        end();
        reject(error);
      }
    };
    const off = state.onChange(check);
    const timer = setTimeout(() => {
      end();
      reject(new Error(missed()));
    }, timeoutMs);
    check();
  });
}
