import type { ImageReference } from '../commands/reference.ts';

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
  const authorization = await authorize(challenge, reference, account, signal);
  return fetch(url, { method, headers: { ...headers, authorization }, signal, redirect: 'error' });
}

async function authorize(
  challenge: string,
  reference: ImageReference,
  account: Account,
  signal: AbortSignal,
): Promise<string> {
  const basic = account && `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  if (/^basic/iu.test(challenge)) return basic ?? '';
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`, 'u').exec(challenge)?.[1];
  const realm = new URL(part('realm') ?? '');
  // A registry may name any realm it likes: the account goes only to an https address.
  const trusted = realm.protocol === 'https:' || realm.hostname === '127.0.0.1' || realm.hostname === 'localhost';
  realm.searchParams.set('service', part('service') ?? '');
  realm.searchParams.set('scope', `repository:${reference.path}:pull`);
  const response = await fetch(realm, {
    signal,
    redirect: 'error',
    headers: basic && trusted ? { authorization: basic } : {},
  });
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token ?? ''}`;
}

// The engine too speaks plain http only to the loopback unless told otherwise.
function baseUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/u.test(registry) ? 'http' : 'https'}://${registry}`;
}
