import type { Container, ContainerState } from '../client/types.ts';
import { time } from '../shapes/fields.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { ContainerFacts, HealthFacts, Neighbour, PublishedPort } from './facts.ts';
import { ERROR_CHARS, type Redact, shown } from './shown.ts';

type FromInspection = Omit<
  ContainerFacts,
  'host' | 'lines' | 'events' | 'listening' | 'platform' | 'engine' | 'neighbours' | 'unread'
>;

const NANOS = 1e6;
const MAX_MOUNTS = 100;
const MAX_CHECKS = 5;
const MAX_WORDS = 50;

/** The facts that are in a container's inspection. Values of variables are not among them. */
export function settingsOf(raw: RawContainer, redact: Redact): FromInspection {
  const { Config, HostConfig, State } = raw;
  return {
    id: raw.Id,
    name: raw.Name,
    image: Config.Image,
    state: {
      status: stateOf(raw),
      exitCode: State.ExitCode,
      outOfMemory: State.OOMKilled === true,
      error: shown(State.Error, redact, ERROR_CHARS),
      startedAt: time(State.StartedAt),
      finishedAt: time(State.FinishedAt),
    },
    restarts: raw.RestartCount,
    restartPolicy: {
      name: HostConfig.RestartPolicy?.Name || 'no',
      maximumRetryCount: HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    health: healthOf(raw, redact),
    command: words([...Config.Entrypoint, ...Config.Cmd], redact),
    user: Config.User ?? '',
    workingDir: Config.WorkingDir ?? '',
    isInteractive: Config.Tty === true || Config.OpenStdin === true,
    ...variablesOf(Config.Env),
    limits: { memoryBytes: Math.max(0, HostConfig.Memory ?? 0), pids: Math.max(0, HostConfig.PidsLimit ?? 0) },
    mounts: raw.Mounts.slice(0, MAX_MOUNTS).map((mount) => ({
      type: mount.Type,
      source: mount.Type === 'volume' ? mount.Name : mount.Source,
      destination: mount.Destination,
      writable: mount.RW !== false,
    })),
    readOnlyRoot: HostConfig.ReadonlyRootfs === true,
    networkMode: HostConfig.NetworkMode,
    networks: Object.fromEntries(
      Object.entries(raw.NetworkSettings.Networks).map(([name, { Aliases }]) => [name, Aliases]),
    ),
    published: Object.entries(HostConfig.PortBindings ?? {}).flatMap(publishedPorts),
    isPrivileged: HostConfig.Privileged === true,
  };
}

/** The other containers of the host, as far as a failure may be theirs. */
export function neighboursOf(containers: readonly Container[]): Neighbour[] {
  return containers.map(({ names, state, status, networks, ports, labels }) => ({
    name: names[0] ?? '',
    names,
    state,
    status,
    networks,
    ports,
    composeService: labels['com.docker.compose.service'],
  }));
}

const STATES: readonly string[] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

function stateOf({ State }: RawContainer): ContainerState {
  const known = STATES.find((state) => state === State.Status);
  if (known !== undefined) return known as ContainerState;
  return State.Running ? 'running' : 'exited';
}

function healthOf({ State, Config }: RawContainer, redact: Redact): HealthFacts | undefined {
  const status = State.Health?.Status ?? '';
  if (!State.Health || status === '' || status === 'none') return undefined;
  return {
    status,
    failingStreak: State.Health.FailingStreak,
    checks: State.Health.Log.slice(-MAX_CHECKS).map(({ ExitCode, Output }) => ({
      exitCode: ExitCode,
      output: shown(Output, redact),
    })),
    test: words(Config.Healthcheck?.Test ?? [], redact),
    intervalMs: (Config.Healthcheck?.Interval ?? 0) / NANOS,
    startPeriodMs: (Config.Healthcheck?.StartPeriod ?? 0) / NANOS,
  };
}

// Joined for redaction, since a secret may follow its option as the next word.
function words(all: readonly string[], redact: Redact): string[] {
  const safe = all.slice(0, MAX_WORDS).map((word) => word.replace(/\s+/gu, ' '));
  return shown(safe.join('\u0020'), redact)
    .split(' ')
    .filter((word) => word !== '');
}

function variablesOf(pairs: readonly string[]): Pick<ContainerFacts, 'variables' | 'emptyVariables'> {
  const name = (pair: string) => pair.split('=', 1)[0] ?? '';
  return {
    variables: pairs.map(name),
    emptyVariables: pairs.filter((pair) => pair.indexOf('=') === pair.length - 1).map(name),
  };
}

function publishedPorts([inner, bindings]: [string, readonly { HostIp: string; HostPort: string }[]]): PublishedPort[] {
  return bindings.map(({ HostIp, HostPort }) => ({
    inner,
    hostIp: HostIp,
    hostPort: /^\d{1,5}$/u.test(HostPort) ? Number(HostPort) : undefined,
  }));
}
