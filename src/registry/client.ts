import type { Config } from '../config.ts';
import { type Observer, UNOBSERVED } from '../observe.ts';
import { type Asking, createAsk } from './asking.ts';
import { createAuthorizer } from './authorize.ts';
import { apiBase, baseUrl } from './base-url.ts';
import type { Registries } from './calls.ts';
import { createConnections } from './connections.ts';
import { RegistryError } from './errors.ts';
import { createFindKind } from './kind.ts';
import { type Paused, withMirror } from './mirror.ts';
import { observeSend } from './observe-send.ts';
import { readChallenge } from './realm.ts';

export type { Ping, Registries, Repository } from './calls.ts';

/** What the catalogue of a registry takes. */
const CATALOG = 'registry:catalog:*';

/** The registries that may be asked: public ones, and those the config names. */
export function createRegistries(
  config: Pick<Config, 'registries' | 'folder'>,
  observer: Observer = UNOBSERVED,
): Registries {
  const connections = createConnections(config);
  const send = observeSend(connections.send, observer);
  const authorizer = createAuthorizer(config, send);
  const ask = createAsk(send, authorizer);
  const baseOf = (registry: string) => baseUrl(registry, config.registries.get(registry));
  const apiOf = (registry: string) => apiBase(registry, config.registries.get(registry));
  const originOf = (registry: string) => new URL(baseOf(registry)).origin;

  /** What `/v2/` answers without an account. */
  const look = (registry: string, signal: AbortSignal) =>
    send(registry, { method: 'GET', url: new URL(`${baseOf(registry)}/v2/`), headers: {}, signal });
  const findKind = createFindKind(config);

  const paused: Paused = new Map();

  const open: Registries['repository'] = ({ registry, path }, purpose = 'pull', mountFrom) => {
    const scopes = [
      `repository:${path}:${purpose === 'push' ? 'pull,push' : 'pull'}`,
      ...(mountFrom === undefined ? [] : [`repository:${mountFrom}:pull`]),
    ];
    const asking: Asking = { registry, origin: originOf(registry), access: { registry, purpose, scopes } };
    return {
      registry,
      path,
      url: (below) => new URL(`${baseOf(registry)}/v2/${path}/${below}`),
      ask: (call) => ask(call, asking),
    };
  };

  const registries: Registries = {
    repository(reference, purpose = 'pull', mountFrom) {
      const repository = open(reference, purpose, mountFrom);
      const mirror = config.registries.get(reference.registry)?.mirror;
      if (mirror === undefined || purpose === 'push') return repository;
      const [registry = '', ...below] = mirror.split('/');
      return withMirror(repository, open({ registry, path: [...below, reference.path].join('/') }), paused);
    },
    host(registry, purpose = 'pull') {
      const access = { registry, purpose, scopes: [CATALOG] };
      const origin = originOf(registry);
      return {
        registry,
        url: (path) => new URL(baseOf(registry) + path),
        apiUrl: (path) => new URL(apiOf(registry) + path),
        ask: (call) => ask(call, { registry, origin, access, atOnce: !call.url.pathname.startsWith('/v2/') }),
      };
    },
    certificate: connections.certificate,
    warnings: connections.warnings,
    kind: (registry, signal) => findKind(registries.host(registry), (until) => look(registry, until), signal),
    async ping(registry, signal) {
      const began = performance.now();
      try {
        const response = await look(registry, signal);
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
    async tryAccount(registry, signal, purpose = 'pull') {
      const first = await look(registry, signal);
      await first.body?.cancel();
      const challenge = readChallenge(first.headers.get('www-authenticate'));
      if (first.status !== 401) return first.status;
      if (challenge === undefined) return 401;
      // A token server judges the account; without a scope the token permits nothing else.
      const { status, authorization } = await authorizer.answer(challenge, { registry, purpose, scopes: [] }, signal);
      if (status !== 200 || authorization === undefined) return status === 200 ? 401 : status;
      const url = new URL(`${baseOf(registry)}/v2/`);
      const second = await send(registry, { method: 'GET', url, headers: { authorization }, signal });
      await second.body?.cancel();
      return second.status;
    },
  };
  return registries;
}

function codeOf(error: unknown): string {
  if (!(error instanceof RegistryError)) return 'unknown';
  return error.fault === 'address_refused'
    ? 'refused'
    : (error.code ?? (error.fault === 'timeout' ? 'timeout' : 'unknown'));
}
