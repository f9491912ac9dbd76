import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';
import { type Agent, type BodyInit, fetch, type Response } from 'undici';
import type { Config } from '../config.ts';
import { messageOf } from '../domain/errors.ts';
import { retryAfterMs } from '../domain/retry-after.ts';
import { cutBetweenWords } from '../text/cut.ts';
import { TRICKS } from '../text/invisible.ts';
import { authorityOf, createAgent } from './addresses.ts';
import { apiBase, baseUrl } from './base-url.ts';
import { type Certificate, certificateOf } from './certificate.ts';
import { errorFromFailure, RegistryError } from './errors.ts';
import { createPacer } from './pacer.ts';

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

export interface Connections {
  readonly send: Send;
  /** The certificate a registry of the config showed last; undefined over plain http, and before the first connection. */
  certificate(registry: string): Certificate | undefined;
  /** What a registry of the config asked to be told to people (`Warning: 299`), each once. */
  warnings(registry: string): readonly string[];
}

/** Longer waits are said instead of waited for. */
const MOST_WAIT_MS = 10_000;
const MOST_TRIES = 3;
const MOST_WARNINGS = 5;

/** Connections to public addresses, and to what the config names. */
export function createConnections({ registries, folder }: Pick<Config, 'registries' | 'folder'>): Connections {
  const named = [...registries].flatMap(([name, own]) => [
    baseUrl(name, own),
    apiBase(name, own),
    ...(own.tokenServer === undefined ? [] : [own.tokenServer]),
  ]);
  const allowed = new Set(named.map((address) => authorityOf(new URL(address))));
  const certificates = new Map<string, Certificate>();
  const warned = new Map<string, ReadonlySet<string>>();
  const onOpen = (authority: string, socket: unknown) => {
    const found = certificateOf(socket);
    if (found !== undefined) certificates.set(authority, found);
  };
  const usual = createAgent({ allowed, onOpen });
  const own = new Map<string, Agent>();
  const pacer = createPacer();

  const agentOf = (registry: string): Agent => {
    const ca = registries.get(registry)?.ca;
    if (ca === undefined) return usual;
    const trusted = () => [...getCACertificates('default'), readCa(registry, resolve(folder, ca))];
    const agent = own.get(registry) ?? createAgent({ allowed, onOpen, ca: trusted() });
    own.set(registry, agent);
    return agent;
  };

  const send: Send = async (registry, { method, url, headers, body, signal }) => {
    let limited: RegistryError | undefined;
    try {
      const dispatcher = agentOf(registry);
      // undici takes any iterable of bytes; the standard's types do not.
      const init = { method, headers, signal, redirect: 'manual', dispatcher } as const;
      const whole = body === undefined ? init : { ...init, body: body as BodyInit, duplex: 'half' as const };
      for (let tries = 1; ; tries += 1) {
        const response = await pacer.run(registry, signal, () => fetch(url, whole));
        const warning = warningIn(response);
        const before = warned.get(registry) ?? new Set();
        if (warning !== undefined && registries.has(registry) && before.size < MOST_WARNINGS)
          warned.set(registry, new Set([...before, warning]));
        const wait = waitFor(response);
        const isOnce = body !== undefined && !(body instanceof Uint8Array);
        if (wait === undefined || wait > MOST_WAIT_MS || tries === MOST_TRIES || isOnce) return response;
        pacer.hold(registry, wait);
        const { status } = response;
        limited = new RegistryError(registry, status === 429 ? 'rate_limited' : 'unavailable', {
          status,
          retryAfterMs: wait,
        });
        await response.body?.cancel();
      }
    } catch (error) {
      const failure = errorFromFailure(registry, error, signal);
      // A deadline that passed while it waited as it was told: the limit is the cause.
      throw limited !== undefined && failure instanceof RegistryError && failure.fault === 'timeout'
        ? limited
        : failure;
    }
  };
  return {
    send,
    certificate: (registry) => certificates.get(authorityOf(new URL(baseUrl(registry, registries.get(registry))))),
    warnings: (registry) => [...(warned.get(registry) ?? [])],
  };
}

/** The text of a `Warning: 299 - "…"` header, as the distribution specification has it. */
function warningIn({ headers }: Response): string | undefined {
  const text = /^299 - "([^"]{1,4096})"/u.exec((headers.get('warning') ?? '').slice(0, 5000))?.[1];
  return text === undefined ? undefined : cutBetweenWords(text.replace(TRICKS, ' '), 300);
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
