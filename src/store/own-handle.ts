import { AsyncLocalStorage } from 'node:async_hooks';
import type { Queryable } from './sql.ts';

/** Keeps what a transaction or a snapshot does on its own handle: past it, it would wait for itself or miss what it wrote. */
export interface OwnHandle<Handle> {
  /** Throws within the work of a transaction or a snapshot that has not ended. */
  mustBeOutside(): void;
  /** The same work, to be given the handle that is its own. */
  inside<T>(work: (handle: Queryable) => Promise<T>): (handle: Handle) => Promise<T>;
}

export function createOwnHandle<Handle extends Queryable & { readonly isOpen: boolean }>(): OwnHandle<Handle> {
  const current = new AsyncLocalStorage<Handle>();
  return {
    mustBeOutside() {
      if (current.getStore()?.isOpen)
        throw new Error('A transaction is open: its statements go through its own handle.');
    },
    // Asynchronous, so that work which throws at once rejects.
    inside: (work) => (handle) => current.run(handle, async () => work(handle)),
  };
}
