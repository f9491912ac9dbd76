import type { Repository } from './calls.ts';
import { RegistryError } from './errors.ts';

/** Milliseconds that a mirror may take until its answer begins; then the registry itself is asked. */
const ANSWER_MS = 2500;
/** Milliseconds that a mirror which gave no answer is not asked again. */
const PAUSE_MS = 30_000;

/** The mirrors of one process that gave no answer lately, with the time until which they are left alone by `performance.now`. */
export type Paused = Map<string, number>;

/**
 * A repository that is read from a mirror first, as engines do: what the mirror does not have, refuses or does not answer, the
 * registry itself is asked. Writes go to the registry. Where neither answers, the error is the registry's and names the mirror's.
 */
export function withMirror(repository: Repository, mirror: Repository, paused: Paused): Repository {
  const [base, mirrorBase] = [repository.url('').href, mirror.url('').href];
  const { registry: name } = mirror;

  const askMirror: Repository['ask'] = async (call) => {
    const below = call.url.href.slice(base.length);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new DOMException('No answer in time', 'TimeoutError')), ANSWER_MS);
    try {
      const signal = AbortSignal.any([call.signal, deadline.signal]);
      const response = await mirror.ask({ ...call, url: new URL(mirrorBase + below), signal });
      if (response.ok) return response;
      await response.body?.cancel();
      throw new RegistryError(name, 'refused', { status: response.status });
    } catch (error) {
      if (error instanceof RegistryError && error.status === undefined) paused.set(name, performance.now() + PAUSE_MS);
      throw error;
    } finally {
      // What follows the first byte is the caller's to end: a layer may take long.
      clearTimeout(timer);
    }
  };

  return {
    ...repository,
    async ask(call) {
      // The next page of a list is where the first one was.
      if (call.url.href.startsWith(mirrorBase)) return mirror.ask(call);
      const isRead = call.method === 'GET' || call.method === 'HEAD';
      if (!isRead || !call.url.href.startsWith(base) || (paused.get(name) ?? 0) > performance.now())
        return repository.ask(call);
      let missed: unknown;
      try {
        return await askMirror(call);
      } catch (error) {
        call.signal.throwIfAborted();
        missed = error;
      }
      return repository.ask(call).catch((error) => {
        throw error instanceof RegistryError && missed instanceof RegistryError ? bothFailed(error, missed) : error;
      });
    },
  };
}

function bothFailed(own: RegistryError, mirror: RegistryError): RegistryError {
  const { registry, fault, status, said, code, retryAfterMs } = own;
  const why = mirror.status === undefined ? mirror.fault : `HTTP ${mirror.status}`;
  const asked = { name: mirror.registry, why };
  return new RegistryError(registry, fault, { status, said, code, retryAfterMs, mirror: asked, cause: own });
}
