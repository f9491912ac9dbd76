import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';
import { type Agent, type BodyInit, fetch, type Response } from 'undici';
import type { Config } from '../config.ts';
import { messageOf } from '../domain/errors.ts';
import { authorityOf, createAgent } from './addresses.ts';
import { apiBase, baseUrl } from './base-url.ts';
import { errorFromFailure, RegistryError } from './errors.ts';
import { createPacer } from './pacer.ts';
import { retryAfterMs } from './retry-after.ts';

/** One request, as it goes over the wire. */
export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
}

/** Requests on behalf of a registry: its CA is trusted, its limits are kept. Rejects with a `RegistryError`; follows no redirect. */
export type Send = (registry: string, request: Sent) => Promise<Response>;

/** Longer waits are said instead of waited for. */
const MOST_WAIT_MS = 10_000;
const MOST_TRIES = 3;

/** Connections to public addresses, and to what the config names. */
export function createConnections({ registries, folder }: Pick<Config, 'registries' | 'folder'>): Send {
  const named = [...registries].flatMap(([name, own]) => [
    baseUrl(name, own),
    apiBase(name, own),
    ...(own.tokenServer === undefined ? [] : [own.tokenServer]),
  ]);
  const allowed = new Set(named.map((address) => authorityOf(new URL(address))));
  const usual = createAgent(allowed);
  const own = new Map<string, Agent>();
  const pacer = createPacer();

  const agentOf = (registry: string): Agent => {
    const ca = registries.get(registry)?.ca;
    if (ca === undefined) return usual;
    const agent =
      own.get(registry) ??
      createAgent(allowed, [...getCACertificates('default'), readCa(registry, resolve(folder, ca))]);
    own.set(registry, agent);
    return agent;
  };

  return async (registry, { method, url, headers, body, signal }) => {
    try {
      const dispatcher = agentOf(registry);
      // undici takes any iterable of bytes; the standard's types do not.
      const init = { method, headers, signal, redirect: 'manual', dispatcher } as const;
      const whole = body === undefined ? init : { ...init, body: body as BodyInit, duplex: 'half' as const };
      for (let tries = 1; ; tries += 1) {
        const response = await pacer.run(registry, signal, () => fetch(url, whole));
        const wait = waitFor(response);
        const isOnce = body !== undefined && !(body instanceof Uint8Array);
        if (wait === undefined || wait > MOST_WAIT_MS || tries === MOST_TRIES || isOnce) return response;
        pacer.hold(registry, wait);
        await response.body?.cancel();
      }
    } catch (error) {
      throw errorFromFailure(registry, error, signal);
    }
  };
}

/** Milliseconds to wait before the same request may be sent again; undefined where waiting does not help. */
function waitFor({ status, headers }: Response): number | undefined {
  return status === 429 || status === 503 ? retryAfterMs(headers) : undefined;
}

function readCa(registry: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RegistryError(registry, 'tls', { code: 'CA_UNREADABLE', said: messageOf(error), cause: error });
  }
}
