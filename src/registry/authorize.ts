import type { Response } from 'undici';
import type { Config, RegistryConfig } from '../config.ts';
import { parseJson, readBytes } from '../paced/json.ts';
import { baseUrl } from './base-url.ts';
import type { Send } from './connections.ts';
import { EMPTY } from './empty.ts';
import { RealmRefused } from './errors.ts';
import { type Challenge, judgeRealm, serverOf } from './realm.ts';

/** Which account is used; a registry may have one for each. */
export type Purpose = 'pull' | 'push';

/** What is asked for: some repositories with one account, or, without scopes, only whether the account is accepted. */
export interface Access {
  readonly registry: string;
  readonly purpose: Purpose;
  /** As token servers take them: `repository:devops/shop:pull`. */
  readonly scopes: readonly string[];
}

/** What a challenge was answered with. */
export interface Answered {
  /** HTTP status of the token server; 200 where none was asked. */
  readonly status: number;
  /** Value of the header; undefined when there is no account, or no token was given. */
  readonly authorization: string | undefined;
}

export interface Authorizer {
  /** The header that was accepted before for the same access, while it is fresh. */
  known(access: Access): string | undefined;
  /** Answers a challenge, and keeps the answer. Rejects with a `RealmRefused` or another `RegistryError`. */
  answer(challenge: Challenge, access: Access, signal: AbortSignal): Promise<Answered>;
  /** The account as a header, where the config has one. */
  basic(registry: string, purpose: Purpose): string | undefined;
}

interface Kept {
  readonly authorization: string;
  /** By `performance.now`. */
  readonly until: number;
}

/** Seconds that a token is good for when its server does not say. */
const DEFAULT_LIFE = 60;
/** A token is renewed before its end, which is counted from when it was made. */
const USED_LIFE = 0.8;
const MOST_KEPT = 2000;
/** Bytes of a token server's answer. */
const MOST_TOKEN = 100_000;
const TOKEN_MS = 10_000;

/** Answers challenges with the accounts of the config. Tokens are kept by registry, account and scope, and asked for once at a time. */
export function createAuthorizer({ registries }: Pick<Config, 'registries'>, send: Send): Authorizer {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<Answered>>();
  const basic = (registry: string, purpose: Purpose) => basicOf(registries.get(registry), purpose);

  const askToken = async (challenge: Challenge & { readonly scheme: 'bearer' }, access: Access): Promise<Answered> => {
    const { registry, purpose, scopes } = access;
    const own = registries.get(registry);
    const account = basic(registry, purpose);
    const about = { name: registry, origin: new URL(baseUrl(registry, own)).origin, pinned: own?.tokenServer };
    const realm = judgeRealm(challenge.realm, about);
    // Without a scope only the account is in question, and it may not go there.
    if (realm === undefined || (account !== undefined && !realm.trusted && scopes.length === 0))
      throw new RealmRefused(registry, serverOf(challenge.realm));
    realm.url.searchParams.set('service', challenge.service);
    for (const scope of scopes) realm.url.searchParams.append('scope', scope);
    const headers = account !== undefined && realm.trusted ? { authorization: account } : {};
    const signal = AbortSignal.timeout(TOKEN_MS);
    const response = await send(registry, { method: 'GET', url: realm.url, headers, signal });
    const given = await tokenIn(response);
    if (given === undefined) return { status: response.status, authorization: undefined };
    const authorization = `Bearer ${given.token}`;
    keep(kept, keyOf(access), { authorization, until: performance.now() + given.seconds * 1000 * USED_LIFE });
    return { status: response.status, authorization };
  };

  return {
    basic,
    known(access) {
      const found = kept.get(keyOf(access));
      return found !== undefined && found.until > performance.now() ? found.authorization : undefined;
    },
    async answer(challenge, access, signal) {
      const key = keyOf(access);
      if (challenge.scheme === 'basic') {
        const authorization = basic(access.registry, access.purpose);
        if (authorization !== undefined) keep(kept, key, { authorization, until: Number.POSITIVE_INFINITY });
        return { status: 200, authorization };
      }
      // The realm is the registry's word, so it is part of what is the same question.
      const question = `${key} ${challenge.realm} ${challenge.service}`;
      const running = asking.get(question) ?? askToken(challenge, access).finally(() => asking.delete(question));
      asking.set(question, running);
      return orAborted(running, signal);
    },
  };
}

const keyOf = ({ registry, purpose, scopes }: Access) => JSON.stringify([registry, purpose, ...scopes]);

function keep(kept: Map<string, Kept>, key: string, one: Kept): void {
  kept.delete(key);
  kept.set(key, one);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** The same, given up when the caller does; others may be waiting for it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

function basicOf(own: RegistryConfig | undefined, purpose: Purpose): string | undefined {
  const account = accountOf(own, purpose);
  if (account === undefined) return undefined;
  return `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
}

/** The account of the config for pulling or pushing; pushes use the one for pulling where there is no other. */
export function accountOf(
  own: RegistryConfig | undefined,
  purpose: Purpose,
): { readonly username: string; readonly password: string } | undefined {
  if (purpose === 'push' && own?.push !== undefined) return own.push;
  return own?.username === undefined ? undefined : { username: own.username, password: own.password ?? '' };
}

async function tokenIn(response: Response): Promise<{ readonly token: string; readonly seconds: number } | undefined> {
  try {
    const answer = (await parseJson(await readBytes(response.body ?? EMPTY, MOST_TOKEN))) as Record<string, unknown>;
    const token = answer['token'] ?? answer['access_token'];
    const seconds = answer['expires_in'];
    const life = typeof seconds === 'number' && seconds > 0 ? seconds : DEFAULT_LIFE;
    return typeof token === 'string' && HEADER_SAFE.test(token) ? { token, seconds: life } : undefined;
  } catch {
    // A page, or nothing: the registry's next answer says what is wrong.
    return undefined;
  }
}

/** Other characters would break the header. */
const HEADER_SAFE = /^[\x21-\x7e]{1,100000}$/u;
