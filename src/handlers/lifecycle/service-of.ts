import type { Config } from '../../config.ts';
import type { Container } from '../../docker/client/types.ts';
import { LABELS, liveNameOf, ownName, startFirstVersions } from '../../docker/rollout/names.ts';
import { serviceName } from '../../policy/services.ts';

type Named = Pick<Container, 'id' | 'names' | 'labels' | 'state' | 'createdAt'>;

/** The name that grants, approval rules and locks know a container by: a version that a rollout made is its service's. */
export function serviceOfContainer(container: Named, config: Config): string {
  const target = container.labels[LABELS.target];
  const isVersion = target !== undefined && startFirstVersions([container], target).length > 0;
  const name = ownName(container);
  const live = isVersion ? target : (liveNameOf(name) ?? name.replace(/\.candidate$/u, ''));
  return serviceName(live, config);
}
