import { sayDuration } from '../../domain/duration.ts';
import { named } from '../../text/names.ts';
import type { Draft } from './draft.ts';
import { ownName, renamedVersions } from './names.ts';
import { MOST_PLATFORMS } from './platform.ts';
import { isAnyPort, isRange, newPorts, publishedPorts } from './ports.ts';
import type { Survey } from './survey.ts';
import type { Strategy } from './types.ts';
import type { RolloutConfig } from './wanted.ts';

export interface HealthcheckFacts {
  /** Undefined when the image decides and has not been pulled. */
  readonly has: boolean | undefined;
  /** Longest time until it reports unhealthy, in milliseconds. */
  readonly verdictMs: number;
}

interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** Facts about the health check, as far as known before the image is pulled. */
export function healthcheckFacts({ config }: Draft, found: Survey): HealthcheckFacts {
  const image = found.image ?? found.live?.image;
  const own = (config['Healthcheck'] ?? {}) as Healthcheck;
  const all = { ...((image?.config['Healthcheck'] ?? {}) as Healthcheck), ...own };
  const isOn = (all.Test?.length ?? 0) > 0 && all.Test?.[0] !== 'NONE';
  const nanos = (all.StartPeriod || 0) + (all.Interval || 30e9) * (all.Retries || 3);
  return { has: own.Test || found.image ? isOn : isOn || undefined, verdictMs: isOn ? nanos / 1e6 : 0 };
}

/** Warnings about networks that are not carried over as expected. */
export function networkWarnings({ endpoints, leftNetwork }: Draft, strategy: Strategy): string[] {
  const unsure = [...endpoints].filter(([, { observedMac }]) => observedMac !== undefined).map(([name]) => name);
  return [
    ...(leftNetwork === undefined
      ? []
      : [`The container was disconnected from network ${leftNetwork}; the new version is not connected to it either.`]),
    ...(strategy === 'start-first' && unsure.length > 0
      ? [`The MAC address on ${unsure.join(', ')} will change: the engine does not say whether it was set by someone.`]
      : []),
  ];
}

interface PlannedRollout {
  readonly name: string;
  readonly check: HealthcheckFacts;
  readonly rollout: RolloutConfig;
  readonly strategy: Strategy;
}

/** Warnings for the approver, one sentence each. */
export function warningsOf(found: Survey, draft: Draft, { name, check, rollout, strategy }: PlannedRollout): string[] {
  const { healthyWithin, stableFor, probe } = rollout;
  const labels = (draft.config['Labels'] ?? {}) as Readonly<Record<string, string>>;
  const compose = labels['com.docker.compose.project'];
  const isUp = found.live?.raw.State.Running;
  const routed = Object.keys(labels).some((label) => label.startsWith('traefik.'));
  const sentences = Object.entries({
    [`No health check: the deploy only checks that the container runs for ${sayDuration(2 * stableFor)}.`]:
      check.has === false && !probe,
    [`The health check may need ${sayDuration(check.verdictMs)} to fail, but healthyWithin is ${sayDuration(healthyWithin)}.`]:
      check.verdictMs > healthyWithin,
    [`Created by Docker Compose (project ${compose}): the next "compose up" restores the image in its file.`]:
      compose !== undefined,
    [`The container is ${found.live?.raw.State.Status} now, and a rollback leaves it so.`]: isUp === false,
    [`The container runs for ${found.platform}, which is not the host's own platform, and so will the new version.`]:
      found.platform !== undefined,
    [`This version is for ${named(found.wrongPlatform?.offered ?? [], MOST_PLATFORMS)} only, and the host is ${found.wrongPlatform?.needed}: unless the host emulates that, the deploy will fail.`]:
      found.wrongPlatform !== undefined && found.platform === undefined,
    'This Podman cannot change a restart policy: a reboot during the rollout may start the old version again.':
      !found.canChangePolicy,
    'Podman does not say whether a MAC address was set by someone, so the new version gets another one.':
      found.podman && found.live !== undefined,
    'Traefik sends requests to the new version before it has passed, since there is no health check.':
      strategy === 'start-first' && routed && check.has === false,
  } satisfies Record<string, boolean>).flatMap(([sentence, applies]) => (applies ? [sentence] : []));
  const renamed = renamedVersions(found.containers, name).map(
    (item) => `${ownName(item)} was deployed as ${name} and renamed since: it is left running beside the new version.`,
  );
  return [...sentences, ...renamed, ...portWarnings(found, draft)];
}

/** Warnings about ports that may change. */
function portWarnings(found: Survey, draft: Draft): string[] {
  const published = publishedPorts(draft);
  const live = found.containers.find(({ id }) => id === found.live?.raw.Id);
  const now = (inside: string) =>
    live?.ports.find((port) => `${port.privatePort}/${port.protocol}` === inside && port.publicPort !== undefined)
      ?.publicPort;
  const loose = [...new Set(published.filter(isAnyPort).map(({ inside }) => inside))];
  const all = draft.hostConfig['PublishAllPorts'] === true ? [...loose, 'each exposed port'] : loose;
  const onHost = found.others.filter(({ HostConfig, State }) => HostConfig.NetworkMode === 'host' && State.Running);
  return [
    ...(all.length > 0 ? [`The host port for ${all.join(', ')} is any free one and will change.`] : []),
    ...published.filter(isRange).map(({ inside, hostPort }) => {
      const today = now(inside) === undefined ? '' : ` (now ${now(inside)})`;
      return `The host port for ${inside} is any free one of ${hostPort}${today} and may change.`;
    }),
    ...newPorts(found.live, draft).flatMap(({ first, last, protocol, hostPort }) =>
      onHost
        .filter(({ Config }) =>
          Object.keys(Config.ExposedPorts ?? {}).some((port) => {
            const [number, kind] = port.split('/');
            return kind === protocol && Number(number) >= first && Number(number) <= last;
          }),
        )
        .map(({ Name }) => `${Name} uses the host network and may hold port ${hostPort}/${protocol}.`),
    ),
  ];
}
