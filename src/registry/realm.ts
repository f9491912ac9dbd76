/** A registry's question for credentials. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string };

const PARAMETER = /([a-z]{1,20})="([^"]{0,2000})"/giu;

/** The first challenge of a `WWW-Authenticate` header; undefined when there is none that can be answered. */
export function readChallenge(header: string | null): Challenge | undefined {
  const text = (header ?? '').slice(0, 8192);
  if (/^basic\b/iu.test(text)) return { scheme: 'basic' };
  if (!/^bearer\b/iu.test(text)) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(PARAMETER)) parameters.set(name.toLowerCase(), value);
  const realm = parameters.get('realm');
  return realm === undefined ? undefined : { scheme: 'bearer', realm, service: parameters.get('service') ?? '' };
}

/** The token server of Docker Hub, which every client knows. */
const KNOWN: Readonly<Record<string, string>> = { 'docker.io': 'https://auth.docker.io' };

export interface Realm {
  readonly url: URL;
  /** Whether the registry's account may be sent there. */
  readonly trusted: boolean;
}

/**
 * Where a registry sends for tokens. Trusted are the registry's own origin, the one pinned in the config, and Docker Hub's.
 * Any other may be asked without credentials, over https only. Undefined for what may not be asked at all.
 */
export function judgeRealm(
  text: string,
  registry: { readonly name: string; readonly origin: string; readonly pinned: string | undefined },
): Realm | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  // The registry's words are no place for an account.
  url.username = '';
  url.password = '';
  const pinned = registry.pinned === undefined ? undefined : new URL(registry.pinned).origin;
  const trusted = [registry.origin, pinned, KNOWN[registry.name]].includes(url.origin);
  return trusted || url.protocol === 'https:' ? { url, trusted } : undefined;
}

/** The server that a realm names, as it is shown: what stands behind may hold a token. */
export function serverOf(realm: string): string | undefined {
  const url = URL.parse(realm);
  return url && url.host !== '' ? `${url.protocol}//${url.host}` : undefined;
}
