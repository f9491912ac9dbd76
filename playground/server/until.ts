import type { State } from './state.ts';

/** Calls `look` now and after every change, until it finds something. Rejects with `missed` after the timeout. */
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
