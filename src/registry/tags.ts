import { nearest } from '../commands/nearest.ts';
import type { ImageReference } from '../commands/reference.ts';
import type { Config } from '../config.ts';

export interface Tags {
  /** Real tags of the repository nearest to the one asked for; empty when the registry will not say. Never rejects. */
  near(reference: ImageReference, signal: AbortSignal): Promise<string[]>;
}

const DEADLINE_MS = 5000;
const MAX_BODY = 4_000_000;

/** Lists tags through the Distribution API, with the accounts of the config. */
export function createTags(config: Config): Tags {
  return {
    async near(reference, signal) {
      try {
        const tags = await listTags(
          reference,
          config.registries.get(reference.registry),
          AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
        );
        return closest(reference.tag ?? 'latest', tags);
      } catch {
        // Only a suggestion is lost; the pull's own failure has already been told.
        return [];
      }
    },
  };
}

type Account = { readonly username: string; readonly password: string } | undefined;

async function listTags(reference: ImageReference, account: Account, signal: AbortSignal): Promise<string[]> {
  const url = `${baseUrl(reference.registry)}/v2/${reference.path}/tags/list?n=1000`;
  const first = await fetch(url, { signal, redirect: 'error' });
  const challenge = first.headers.get('www-authenticate');
  const response =
    first.status === 401 && challenge
      ? await fetch(url, {
          signal,
          redirect: 'error',
          headers: { authorization: await authorize(challenge, reference, account, signal) },
        })
      : first;
  if (!response.ok) return [];
  const text = await response.text();
  if (text.length > MAX_BODY) return [];
  const { tags } = JSON.parse(text) as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
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

/** At most five: the nearest spelling first, then those that begin alike, then the newest-looking. */
export function closest(wanted: string, tags: readonly string[]): string[] {
  const best = nearest(wanted, tags);
  const newest = tags.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const alike = newest.filter((tag) => tag.startsWith(wanted.slice(0, 2)));
  return [...new Set([...(best === undefined ? [] : [best]), ...alike, ...newest])].slice(0, 5);
}
