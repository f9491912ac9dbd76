import { fetch, type Response } from 'undici';
import type { Config, RegistryConfig } from '../config.ts';
import type { ImageReference } from '../domain/reference.ts';
import { parseJson, readBytes } from '../paced/json.ts';
import { cut } from '../text/cut.ts';
import { AddressRefused, authorityOf, createAgent } from './addresses.ts';
import { judgeRealm, readChallenge } from './realm.ts';

/** Bytes of a token server's answer. */
const MOST_TOKEN = 100_000;

export interface RegistryCall {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly accept?: string;
  readonly signal: AbortSignal;
}

/** One repository through the Distribution API, for one job: a token once given is kept for it. */
export interface Repository {
  /** Below the repository: `tags/list`. */
  url(path: string): URL;
  ask(call: RegistryCall): Promise<Response>;
}

export interface Registries {
  repository(reference: ImageReference): Repository;
  /**
   * What a registry says to the account of the config: an HTTP status, 401 when it refuses it. Rejects when it does not
   * answer, and with a `RealmRefused` when the account is wanted elsewhere.
   */
  tryAccount(registry: string, signal: AbortSignal): Promise<number>;
  /** Connects to a registry without an account. Never rejects. */
  ping(registry: string, signal: AbortSignal): Promise<Ping>;
}

/** What a connection from Fairlead to a registry came to. */
export type Ping =
  | {
      readonly ok: true;
      readonly status: number;
      readonly ms: number;
      /** Whether it speaks the Distribution API. */
      readonly isRegistry: boolean;
      /** The registry's clock, Unix milliseconds; undefined when it does not say. */
      readonly date: number | undefined;
    }
  /** `code` is Node's: `ENOTFOUND`, `CERT_HAS_EXPIRED`; `refused` for an address that Fairlead does not connect to. */
  | { readonly ok: false; readonly code: string };

/** A registry wants its account sent to a place the config does not name for it. */
export class RealmRefused extends Error {
  readonly origin: string;

  constructor(origin: string) {
    super(`asks for the account at ${origin}, which the config does not name for it`);
    this.origin = origin;
  }
}

/** The registries that may be asked: public ones, and those the config names. Redirects are not followed. */
export function createRegistries(config: Pick<Config, 'registries'>): Registries {
  const allowed = [...config.registries].flatMap(([name, { tokenServer }]) => [
    authorityOf(new URL(baseUrl(name))),
    ...(tokenServer === undefined ? [] : [authorityOf(new URL(tokenServer))]),
  ]);
  const dispatcher = createAgent(new Set(allowed));
  const send = (url: URL, signal: AbortSignal, headers: Record<string, string>, method = 'GET') =>
    fetch(url, { method, headers, signal, redirect: 'error', dispatcher });

  const authorize = async (registry: string, header: string | null, signal: AbortSignal, scope?: string) => {
    const challenge = readChallenge(header);
    const own = config.registries.get(registry);
    const basic = basicOf(own);
    if (challenge?.scheme === 'basic') return { status: 200, authorization: basic };
    if (challenge === undefined) return { status: 401, authorization: undefined };
    const about = { name: registry, origin: new URL(baseUrl(registry)).origin, pinned: own?.tokenServer };
    const realm = judgeRealm(challenge.realm, about);
    if (realm === undefined || (basic !== undefined && !realm.trusted && scope === undefined))
      throw new RealmRefused(realm?.url.origin ?? cut(challenge.realm, 100));
    realm.url.searchParams.set('service', challenge.service);
    if (scope !== undefined) realm.url.searchParams.set('scope', scope);
    const response = await send(realm.url, signal, basic && realm.trusted ? { authorization: basic } : {});
    const token = await tokenIn(response);
    return { status: response.status, authorization: token === undefined ? undefined : `Bearer ${token}` };
  };

  return {
    repository(reference) {
      const base = `${baseUrl(reference.registry)}/v2/${reference.path}/`;
      let given: string | undefined;
      return {
        url: (path) => new URL(base + path),
        async ask({ method, url, accept, signal }) {
          const headers = accept === undefined ? {} : { accept };
          const first = await send(
            url,
            signal,
            given === undefined ? headers : { ...headers, authorization: given },
            method,
          );
          if (first.status !== 401) return first;
          await first.body?.cancel();
          const scope = `repository:${reference.path}:pull`;
          const { authorization } = await authorize(
            reference.registry,
            first.headers.get('www-authenticate'),
            signal,
            scope,
          );
          if (authorization === undefined) return first;
          given = authorization;
          return send(url, signal, { ...headers, authorization }, method);
        },
      };
    },
    async ping(registry, signal) {
      const began = performance.now();
      try {
        const response = await send(new URL(`${baseUrl(registry)}/v2/`), signal, {});
        await response.body?.cancel();
        const date = Date.parse(response.headers.get('date') ?? '');
        return {
          ok: true,
          status: response.status,
          ms: Math.round(performance.now() - began),
          isRegistry: response.status === 200 || response.headers.get('www-authenticate') !== null,
          date: Number.isNaN(date) ? undefined : date,
        };
      } catch (error) {
        return { ok: false, code: signal.aborted ? 'timeout' : codeOf(error) };
      }
    },
    async tryAccount(registry, signal) {
      const url = new URL(`${baseUrl(registry)}/v2/`);
      const first = await send(url, signal, {});
      await first.body?.cancel();
      const header = first.headers.get('www-authenticate');
      if (first.status !== 401 || header === null) return first.status;
      // A token server judges the account; without a scope the token permits nothing else.
      const { status, authorization } = await authorize(registry, header, signal);
      if (status !== 200 || authorization === undefined) return status === 200 ? 401 : status;
      const second = await send(url, signal, { authorization });
      await second.body?.cancel();
      return second.status;
    },
  };
}

function codeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  if (error instanceof AddressRefused || cause instanceof AddressRefused) return 'refused';
  const { code } = (cause ?? error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unknown';
}

function basicOf(own: RegistryConfig | undefined): string | undefined {
  if (own?.username === undefined) return undefined;
  return `Basic ${Buffer.from(`${own.username}:${own.password ?? ''}`).toString('base64')}`;
}

async function tokenIn(response: Response): Promise<string | undefined> {
  try {
    const answer = (await parseJson(await readBytes(response.body ?? EMPTY, MOST_TOKEN))) as Record<string, unknown>;
    const token = answer['token'] ?? answer['access_token'];
    return typeof token === 'string' ? token : undefined;
  } catch {
    // A page, or nothing: the registry's next answer says what is wrong.
    return undefined;
  }
}

const EMPTY: AsyncIterable<Uint8Array> = (async function* nothing() {})();

// The engine too speaks plain http only to the loopback unless told otherwise.
function baseUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${LOOPBACK.test(registry) ? 'http' : 'https'}://${registry}`;
}

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/u;
