import type { ImageReference } from '../commands/reference.ts';

const MOST_TOKEN = 100_000;

export type Account = { readonly username: string; readonly password: string } | undefined;

export interface RegistryCall {
  readonly method: 'GET' | 'HEAD';
  /** Below the repository: `tags/list`. */
  readonly path: string;
  readonly accept?: string;
  readonly signal: AbortSignal;
}

/** One call to a repository through the Distribution API; answers a registry's question for credentials once. */
export async function ask(reference: ImageReference, account: Account, call: RegistryCall): Promise<Response> {
  const url = `${baseUrl(reference.registry)}/v2/${reference.path}/${call.path}`;
  const headers = call.accept === undefined ? {} : { accept: call.accept };
  const { method, signal } = call;
  const first = await fetch(url, { method, headers, signal, redirect: 'error' });
  const challenge = first.headers.get('www-authenticate');
  if (first.status !== 401 || !challenge) return first;
  const scope = `repository:${reference.path}:pull`;
  const { authorization } = await authorize(reference.registry, challenge, account, signal, scope);
  return fetch(url, { method, headers: { ...headers, authorization }, signal, redirect: 'error' });
}

/** What a registry says to an account: an HTTP status, 401 when it refuses it. Rejects when it does not answer. */
export async function tryAccount(registry: string, account: Account, signal: AbortSignal): Promise<number> {
  const url = `${baseUrl(registry)}/v2/`;
  const first = await fetch(url, { signal, redirect: 'error' });
  const challenge = first.headers.get('www-authenticate');
  if (first.status !== 401 || !challenge) return first.status;
  // Where tokens are given out, whoever gives them judges the account; without a scope the token is good for nothing more.
  const { status, authorization } = await authorize(registry, challenge, account, signal);
  if (status !== 200) return status;
  return (await fetch(url, { headers: { authorization }, signal, redirect: 'error' })).status;
}

interface Authorized {
  /** Of the one who gives out tokens; 200 where none are. */
  readonly status: number;
  readonly authorization: string;
}

async function authorize(
  registry: string,
  challenge: string,
  account: Account,
  signal: AbortSignal,
  scope?: string,
): Promise<Authorized> {
  const basic = account && `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  if (/^basic/iu.test(challenge)) return { status: 200, authorization: basic ?? '' };
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`, 'u').exec(challenge)?.[1];
  const realm = new URL(part('realm') ?? '');
  // A registry may name any realm it likes: the account goes to https only, and what answers to plain http near this
  // machine is nobody's to have called from outside.
  if (realm.protocol !== 'https:' && !(isLoopback(registry) && isLoopback(realm.host)))
    return { status: 401, authorization: '' };
  realm.searchParams.set('service', part('service') ?? '');
  if (scope !== undefined) realm.searchParams.set('scope', scope);
  const response = await fetch(realm, {
    signal,
    redirect: 'error',
    headers: basic ? { authorization: basic } : {},
  });
  const { token, access_token } = await textOf(response, MOST_TOKEN).then(
    (text) => JSON.parse(text) as { token?: string; access_token?: string },
    () => ({ token: undefined, access_token: undefined }),
  );
  return { status: response.status, authorization: `Bearer ${token ?? access_token ?? ''}` };
}

// The engine too speaks plain http only to the loopback unless told otherwise.
function baseUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`;
}

const isLoopback = (host: string) => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/u.test(host);

/** A body that is at most so long; whoever sends more is not listened to. */
export async function textOf(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most) throw new Error(`More than ${most} characters.`);
  }
  return text + decoder.decode();
}
