import type { Observer } from '../observe.ts';
import type { Send } from './connections.ts';
import { RegistryError } from './errors.ts';

/** Observes each request to a registry, those of its token server too. */
export function observeSend(send: Send, observer: Observer): Send {
  return (registry, request) =>
    observer.during({ kind: 'registry', registry, method: request.method }, async (note) => {
      try {
        const response = await send(registry, request);
        const isAsked = response.status === 401 && request.headers['authorization'] === undefined;
        // A registry asks for the account on the first call: that is how they all begin, and no failure.
        note({ result: isAsked ? 'ok' : resultOf(response.status) });
        return response;
      } catch (error) {
        note({ result: error instanceof RegistryError ? error.fault : 'error' });
        throw error;
      }
    });
}

function resultOf(status: number): string {
  if (status < 400) return 'ok';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status < 500 ? 'refused' : 'unavailable';
}
