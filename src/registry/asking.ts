import type { Response } from 'undici';
import type { Access, Authorizer } from './authorize.ts';
import type { RegistryCall } from './calls.ts';
import type { Send } from './connections.ts';
import { RegistryError } from './errors.ts';
import { readChallenge } from './realm.ts';

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where a call belongs, and with which account. */
export interface Asking {
  readonly registry: string;
  /** Credentials go nowhere else. */
  readonly origin: string;
  /** Undefined for calls without an account. */
  readonly access: Access | undefined;
  /** Sends the account without waiting for a challenge: some APIs answer everybody, and say less. */
  readonly atOnce?: boolean;
}

export type Ask = (call: RegistryCall, asking: Asking) => Promise<Response>;

/** Sends calls, answers challenges and follows redirects. */
export function createAsk(send: Send, authorizer: Authorizer): Ask {
  const sendCall = (registry: string, call: RegistryCall, authorization: string | undefined) => {
    const { method, url, accept, body, signal } = call;
    const headers = {
      ...(accept === undefined ? {} : { accept }),
      ...(authorization === undefined ? {} : { authorization }),
      ...call.headers,
    };
    return send(registry, { method, url, body, signal, headers });
  };

  /** Answers each kind of challenge once: a registry may ask for a token first and then for the account itself. */
  const authorized: Ask = async (call, { registry, origin, access, atOnce }) => {
    if (call.url.origin !== origin || access === undefined) return sendCall(registry, call, undefined);
    const isOnce = call.body !== undefined && !(call.body instanceof Uint8Array);
    const answered = new Set<string>();
    const { basic, known } = authorizer;
    let authorization = atOnce ? basic(registry, access.purpose) : known(access);
    for (;;) {
      const response = await sendCall(registry, call, authorization);
      const challenge = response.status === 401 ? readChallenge(response.headers.get('www-authenticate')) : undefined;
      if (challenge === undefined || isOnce || answered.has(challenge.scheme)) return response;
      answered.add(challenge.scheme);
      const next = await authorizer.answer(challenge, access, call.signal);
      if (next.authorization === undefined || next.authorization === authorization) return response;
      await response.body?.cancel();
      authorization = next.authorization;
    }
  };

  return async (call, asking) => {
    let response = await authorized(call, asking);
    let { url } = call;
    for (let count = 0; REDIRECTS.includes(response.status); count += 1) {
      await response.body?.cancel();
      const target = URL.parse(response.headers.get('location') ?? '', url.href);
      const isSafe = target !== null && (target.protocol === 'https:' || target.protocol === url.protocol);
      if (!call.follow || !isSafe || count === MOST_REDIRECTS)
        throw new RegistryError(asking.registry, 'invalid_answer', {
          status: response.status,
          said: `a redirect to ${target?.origin ?? 'nowhere'}, which is not followed`,
        });
      url = target;
      const { method, accept, signal } = call;
      response = await authorized({ method, url, accept, signal }, asking);
    }
    return response;
  };
}
