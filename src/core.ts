import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Admission, openAdmission } from './admission.ts';
import { canonicalConfig } from './config/fingerprint.ts';
import { type Config, type Environment, type HostConfig, recordKeys, type ScannerConfig } from './config.ts';
import type { EngineAddress } from './docker/client/address.ts';
import { HOSTS_AT_ONCE, openHosts } from './docker/limits/hosts.ts';
import { createLimits } from './docker/limits/limits.ts';
import { UserError } from './domain/errors.ts';
import { createTimeouts } from './handlers/containers/program/timeouts.ts';
import type { Board, Deps, PeopleReader } from './handlers/deps.ts';
import { createLive } from './handlers/live.ts';
import type { SlackConnection } from './handlers/replicas/seen.ts';
import { type Observer, UNOBSERVED } from './observe.ts';
import { createProofs } from './proof/proofs.ts';
import { createRegistries } from './registry/client.ts';
import { createTags } from './registry/tags.ts';
import { createScanner } from './scanner/create.ts';
import { createFeeds } from './scanner/feeds.ts';
import type { RegistryAccess } from './scanner/run-scanner.ts';
import { createScans } from './scanner/scans.ts';
import { NOT_CONNECTED } from './slack/client/connection-state.ts';
import { APPROVAL_KINDS } from './slack/commands.ts';
import { createSources } from './sources/sources.ts';
import type { Role } from './store/replicas.ts';
import { createSigner } from './store/signer.ts';
import type { Store } from './store/store.ts';
import type { Log } from './telemetry.ts';
import { version } from './version.ts';
import { isGone, ownerName } from './worker/deployments/owner.ts';
import { createRunner } from './worker/deployments/runner.ts';
import { createReplicaBeats, type ReplicaBeats } from './worker/replicas.ts';

/** A person may have a call on each host that a command asks at once, and takes no more than half of all places. */
const LIMITS = {
  perHost: 8,
  overall: 2 * HOSTS_AT_ONCE,
  waiting: 200,
  perPerson: { onHost: 3, overall: HOSTS_AT_ONCE },
};

/** How long a shutdown waits for what is under way. Shorter than the ten seconds most supervisors allow. */
export const DRAIN_MS = 8000;

/** Everything but Slack: what `fairlead run` needs, and what the bot is made of. */
export interface Core {
  readonly config: Config;
  readonly store: Store;
  /** `board` is where cards are shown; without one, nothing is that needs a card. What is approved waits for a bot that runs. */
  deps(people: PeopleReader, board?: Board): Deps;
  /** Heartbeats of this process, which begin with their `start`. */
  readonly replicas: ReplicaBeats;
  close(): Promise<void>;
}

/** What this process is; by default, one at a command line. */
export interface Process {
  readonly role: Role;
  readonly slack: SlackConnection;
  readonly observer: Observer;
}

const AT_A_COMMAND_LINE: Process = { role: 'both', slack: NOT_CONNECTED, observer: UNOBSERVED };

/** Opens the store and what is made of it. Rejects with a `UserError`. */
export async function openCore(
  config: Config,
  env: Environment,
  log: Log,
  process: Process = AT_A_COMMAND_LINE,
): Promise<Core> {
  return coreOn(await openAdmission(config, env), env, log, process);
}

/** The same on what has been opened. */
export function coreOn(
  admission: Admission,
  env: Environment,
  log: Log,
  { role, slack, observer }: Process = AT_A_COMMAND_LINE,
): Core {
  const { config, store, now } = admission;
  const limits = createLimits(LIMITS);
  const hosts = openHosts(addresses(config), limits, observer);
  const owner = ownerName();
  const parts = { store, owner, log, now };
  const fingerprint = createSigner(recordKeys(env))
    .mac('config', [canonicalConfig(config)])
    .slice(0, 16);
  const self = { id: owner, role, version: version(), machine: hostname(), config: fingerprint, startedAt: now() };
  const replicas = createReplicaBeats({ ...parts, self });
  const scans = config.scanner && scansOf(admission, config.scanner);
  return {
    config,
    store,
    replicas,
    deps(people, board = NO_BOARD) {
      const registries = createRegistries(config, observer);
      const deps: Deps = {
        ...admission,
        kinds: APPROVAL_KINDS,
        hosts,
        limits,
        tags: createTags(config, observer),
        registries,
        proofs: createProofs(config, registries),
        scans,
        sources: createSources(config),
        live: createLive({ ...parts, hasEnded: (one) => isGone(one, 0) }),
        timeouts: createTimeouts(),
        people,
        board,
        observer,
        runner: createRunner(() => deps, owner),
        replicas,
        slack,
        log,
      };
      return deps;
    },
    async close() {
      await Promise.all([scans?.close(), replicas.stop()]);
      await limits.drain(DRAIN_MS);
      await hosts.close();
      await store.close();
    },
  };
}

function scansOf({ config, store, now }: Pick<Admission, 'config' | 'now' | 'store'>, scanner: ScannerConfig) {
  const registry = (name: string): RegistryAccess => {
    const { username, password, ca, insecure = false } = config.registries.get(name) ?? {};
    return {
      account: username === undefined || password === undefined ? undefined : { username, password },
      ca: ca === undefined ? undefined : resolve(config.folder, ca),
      isInsecure: insecure,
    };
  };
  return createScans({
    scanner: createScanner({ config: scanner, registry, env: process.env }, createRegistries(config)),
    config: scanner,
    cache: store.scans,
    feeds: createFeeds({ ...scanner, folder: config.folder }),
    now,
  });
}

const NO_BOARD: Board = {
  async post() {
    throw new UserError(
      'not_configured',
      'This is asked on a card in Slack, and SLACK_BOT_TOKEN is not set, so nothing was asked and nothing was changed.',
      'Set it to the token the bot runs with.',
    );
  },
  changed() {},
};

export function addresses(config: Config): ReadonlyMap<string, EngineAddress> {
  return new Map([...config.hosts].map(([name, host]) => [name, addressOf(host, config.folder)]));
}

function addressOf(host: HostConfig, folder: string): EngineAddress {
  const file = (path: string) => resolve(folder, path);
  const url = new URL(host.url);
  if (url.protocol === 'unix:') return { kind: 'unix', socketPath: url.pathname };
  if (url.protocol === 'ssh:') {
    const socketPath = url.pathname.length > 1 ? url.pathname : '/var/run/docker.sock';
    const identity = host.identity === undefined ? undefined : file(host.identity);
    return {
      kind: 'ssh',
      user: decodeURIComponent(url.username),
      host: url.hostname,
      port: Number(url.port || 22),
      socketPath,
      knownHosts: file(host.knownHosts ?? ''),
      identity,
    };
  }
  const tls = host.tls && { ca: file(host.tls.ca), cert: file(host.tls.cert), key: file(host.tls.key) };
  return { kind: 'tcp', host: url.hostname, port: Number(url.port), tls };
}
