import type { Response } from 'undici';
import type { RegistryKind } from '../config/registries.ts';
import type { Config } from '../config.ts';
import { parseJson, readBytes, readStart } from '../paced/json.ts';
import type { RegistryHost } from './calls.ts';
import { EMPTY } from './empty.ts';
import { errorFromAnswer } from './errors.ts';
import { kindByName } from './kind-by-name.ts';
import type { KindFound } from './kind-found.ts';
import { readChallenge } from './realm.ts';

/** First answer of `/v2/`, without an account. */
type Look = (signal: AbortSignal) => Promise<Response>;

/** Finds out which product a registry is, once for each. Rejects with a `RegistryError` when it does not answer. */
export type FindKind = (host: RegistryHost, look: Look, signal: AbortSignal) => Promise<KindFound>;

export function createFindKind({ registries }: Pick<Config, 'registries'>): FindKind {
  const known = new Map<string, KindFound>();
  return async (host, look, signal) => {
    const before = known.get(host.registry);
    if (before !== undefined) return before;
    const named = registries.get(host.registry)?.kind ?? kindByName(host.registry);
    const kind = named ?? (await probe(host, look, signal));
    const found = { kind, version: await versionOf(kind, host, signal).catch(() => undefined) };
    // Only of registries of the config: names that people type would fill it.
    if (kind !== undefined && registries.has(host.registry)) known.set(host.registry, found);
    return found;
  };
}

/** Paths of token servers that only one product has. */
const REALMS: readonly (readonly [RegExp, RegistryKind])[] = [
  [/\/service\/token$/u, 'harbor'],
  [/\/jwt\/auth$/u, 'gitlab'],
  [/\/v2\/auth$/u, 'quay'],
];

async function probe(host: RegistryHost, look: Look, signal: AbortSignal): Promise<RegistryKind | undefined> {
  const first = await look(signal);
  await first.body?.cancel();
  const challenge = readChallenge(first.headers.get('www-authenticate'));
  const path = challenge?.scheme === 'bearer' ? (URL.parse(challenge.realm)?.pathname ?? '') : '';
  const byRealm = REALMS.find(([pattern]) => pattern.test(path))?.[1];
  if (byRealm !== undefined) return byRealm;
  const [isHarbor, isNexus] = await Promise.all([
    says(host, '/api/v2.0/ping', signal, (text) => text.trim() === 'Pong'),
    says(host, '/service/rest/v1/status', signal, (text) => text === ''),
  ]);
  if (isHarbor) return 'harbor';
  if (isNexus) return 'nexus';
  const isRegistry = first.headers.get('docker-distribution-api-version') !== null || challenge !== undefined;
  return isRegistry ? 'distribution' : undefined;
}

/** Whether an address answers 200 with such a text; a page of a front that answers everything is not one. */
async function says(host: RegistryHost, path: string, signal: AbortSignal, isIt: (text: string) => boolean) {
  try {
    const response = await host.ask({ method: 'GET', url: host.apiUrl(path), signal });
    const text = await readStart(response.body ?? EMPTY, 200);
    return response.status === 200 && isIt(text);
  } catch {
    return false;
  }
}

async function versionOf(kind: RegistryKind | undefined, host: RegistryHost, signal: AbortSignal) {
  if (kind === 'harbor') {
    const response = await host.ask({ method: 'GET', url: host.apiUrl('/api/v2.0/systeminfo'), signal });
    if (!response.ok) throw await errorFromAnswer(host.registry, response);
    const { harbor_version: version } = (await parseJson(await readBytes(response.body ?? EMPTY, 100_000))) as {
      readonly harbor_version?: unknown;
    };
    return typeof version === 'string' ? /^v?(\d{1,4}(?:\.\d{1,6}){1,3})/u.exec(version)?.[1] : undefined;
  }
  if (kind !== 'nexus') return undefined;
  const response = await host.ask({ method: 'GET', url: host.apiUrl('/service/rest/v1/status'), signal });
  await response.body?.cancel();
  return /^Nexus\/(\d{1,4}(?:\.\d{1,6}){1,3})/u.exec(response.headers.get('server') ?? '')?.[1];
}
