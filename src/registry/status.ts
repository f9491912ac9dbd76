import type { Config } from '../config.ts';
import { parseJson, readBytes } from '../paced/json.ts';
import { accountOf, type Purpose } from './authorize.ts';
import type { Certificate } from './certificate.ts';
import type { Ping, Registries } from './client.ts';
import { EMPTY } from './empty.ts';
import { RegistryError } from './errors.ts';
import type { KindFound } from './kind-found.ts';
import { MANIFEST_TYPES } from './media-types.ts';

/** Whether a registry takes an account; `none` where the config has none. */
export type Login =
  | { readonly as: 'none' | 'accepted' }
  | { readonly as: 'refused'; readonly status: number }
  | { readonly as: 'failed'; readonly error: RegistryError };

/** Pulls that are left, of so many in so many seconds. */
export interface PullLimit {
  readonly left: number;
  readonly of: number;
  readonly seconds: number;
}

/** A registry of the config, as it is now. */
export interface RegistryState {
  readonly registry: string;
  readonly ping: Ping;
  readonly kind: KindFound;
  readonly isPlain: boolean;
  readonly certificate: Certificate | undefined;
  readonly login: Login;
  /** Of the account for pushing, where there is one of its own. */
  readonly pushLogin: Login | undefined;
  /** Undefined where there is none, or none is said. */
  readonly limit: PullLimit | undefined;
  /** When the robot account ends, Unix milliseconds; undefined where Fairlead may not ask, and for one without end. */
  readonly robotEnds: number | undefined;
  readonly warnings: readonly string[];
}

/** Looks at one registry. Never rejects: what did not answer is in the state. */
export async function readState(
  registry: string,
  { registries, config }: { readonly registries: Registries; readonly config: Pick<Config, 'registries'> },
  signal: AbortSignal,
): Promise<RegistryState> {
  const own = config.registries.get(registry);
  const ping = await registries.ping(registry, signal);
  const none = async () => undefined;
  const [kind, login, pushLogin] = await Promise.all([
    ping.ok ? registries.kind(registry, signal).catch(none) : undefined,
    ping.ok ? tryLogin(registries, registry, signal, own?.username === undefined ? undefined : 'pull') : NO_LOGIN,
    ping.ok && own?.push !== undefined ? tryLogin(registries, registry, signal, 'push') : undefined,
  ]);
  const account = accountOf(own, 'pull');
  const [limit, robotEnds] = await Promise.all([
    kind?.kind === 'dockerhub' ? readLimit(registries, registry, signal).catch(none) : undefined,
    kind?.kind === 'harbor' && account !== undefined && login.as === 'accepted'
      ? robotEnd(registries, { registry, name: account.username }, signal).catch(none)
      : undefined,
  ]);
  return {
    registry,
    ping,
    kind: kind ?? { kind: own?.kind, version: undefined },
    isPlain: registries.host(registry).url('/v2/').protocol === 'http:',
    certificate: registries.certificate(registry),
    login,
    pushLogin,
    limit,
    robotEnds,
    warnings: registries.warnings(registry),
  };
}

const NO_LOGIN: Login = { as: 'none' };

async function tryLogin(
  registries: Registries,
  registry: string,
  signal: AbortSignal,
  purpose: Purpose | undefined,
): Promise<Login> {
  if (purpose === undefined) return NO_LOGIN;
  try {
    const status = await registries.tryAccount(registry, signal, purpose);
    return status === 200 ? { as: 'accepted' } : { as: 'refused', status };
  } catch (error) {
    if (error instanceof RegistryError) return { as: 'failed', error };
    throw error;
  }
}

const LIMIT = /^(\d{1,9})(?:;w=(\d{1,9}))?/u;

/** Docker Hub says what is left to a HEAD, which does not count. */
async function readLimit(
  registries: Registries,
  registry: string,
  signal: AbortSignal,
): Promise<PullLimit | undefined> {
  const repository = registries.repository({ registry, path: 'ratelimitpreview/test' });
  const url = repository.url('manifests/latest');
  const response = await repository.ask({ method: 'HEAD', url, accept: MANIFEST_TYPES, signal });
  await response.body?.cancel();
  const [, of, seconds] = LIMIT.exec(response.headers.get('ratelimit-limit') ?? '') ?? [];
  const [, left] = LIMIT.exec(response.headers.get('ratelimit-remaining') ?? '') ?? [];
  if (of === undefined || left === undefined) return undefined;
  return { left: Number(left), of: Number(of), seconds: Number(seconds ?? 21_600) };
}

/** Only accounts with more rights than pulling may list robots. */
async function robotEnd(
  registries: Registries,
  { registry, name }: { readonly registry: string; readonly name: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  const host = registries.host(registry);
  const response = await host.ask({ method: 'GET', url: host.apiUrl('/api/v2.0/robots?page_size=100'), signal });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const robots = await parseJson(await readBytes(response.body ?? EMPTY, 1_000_000));
  const own = (Array.isArray(robots) ? robots : []).find((one: { name?: unknown } | null) => one?.name === name) as
    | { readonly expires_at?: unknown }
    | undefined;
  const seconds = own?.expires_at;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}
