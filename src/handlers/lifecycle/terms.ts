import type { Config } from '../../config.ts';
import type { RolloutConfig } from '../../docker/rollout/wanted.ts';

type Terms = Pick<RolloutConfig, 'healthyWithin' | 'stableFor' | 'probe'>;

/** A container that no service names. Milliseconds. */
const OTHERS: Terms = { healthyWithin: 120_000, stableFor: 5000 };

/** When a container that was started counts as healthy: as after a deploy, where the config has it as a service. */
export function termsOf(service: string, config: Config): Terms {
  const found = config.services.get(service);
  if (!found) return OTHERS;
  const { healthyWithin, stableFor, probe } = found.rollout;
  const asked = probe?.http ? { http: probe.http } : probe?.tcp && { tcp: probe.tcp };
  return { healthyWithin, stableFor, ...(asked ? { probe: asked } : {}) };
}
