import type { Facts, Observer } from '../../observe.ts';
import type { EngineError } from '../client/engine-error.ts';
import { toEngineError } from '../client/faults.ts';

/** A call to one engine, by its name in `Engine`. */
interface Called {
  readonly host: string;
  readonly call: string;
}

/** Observes one call, without its wait for a place. */
export function observeCall<T>(observer: Observer, called: Called, call: () => Promise<T>): Promise<T> {
  return observer.during({ kind: 'engine', ...called }, async (note) => {
    try {
      const value = await call();
      note({ answered: true });
      return value;
    } catch (error) {
      note(factsOf(toEngineError(error)));
      throw error;
    }
  });
}

/** Observes a stream from its first byte asked for to its end. */
export async function* observeStream<T>(
  observer: Observer,
  called: Called,
  open: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const end = observer.begin({ kind: 'engine', ...called });
  try {
    yield* open();
    end({ answered: true, result: 'ok' });
  } catch (error) {
    end(factsOf(toEngineError(error)));
    throw error;
  } finally {
    // Its reader may have had enough.
    end({ result: 'ok' });
  }
}

/** A call that was given up says nothing about its host. */
function factsOf({ fault, status }: EngineError): Facts {
  if (status !== undefined) return { result: fault, answered: true };
  const isSilent = fault === 'unreachable' || fault === 'timeout' || fault === 'tls' || fault === 'ssh';
  return isSilent ? { result: fault, answered: false } : { result: fault };
}
