import { SPECS } from './commands/index.ts';
import type { Config, Environment } from './config.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createObserver, type Observer } from './observe.ts';
import type { Log } from './telemetry.ts';
import type { Traces } from './traces/traces.ts';
import { version } from './version.ts';

/** Who sees what this process does. */
export interface Observing {
  readonly observer: Observer;
  /** Undefined where nobody can read them. */
  readonly metrics: Metrics | undefined;
  /** Sends what was not sent yet, for at most two seconds. Never rejects. */
  close(): Promise<void>;
}

/** Loads the libraries of what the environment asks for, and no others. */
export async function openObserving(config: Config, env: Environment, log: Log): Promise<Observing> {
  const metrics = env.FAIRLEAD_STATUS_LISTEN && (await openMetrics(config));
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const traces = endpoint === undefined ? undefined : await openTraces(endpoint, log);
  return {
    observer: createObserver([metrics?.receiver, traces?.receiver].filter((one) => one !== undefined)),
    metrics,
    close: async () => traces?.close(),
  };
}

async function openMetrics(config: Config): Promise<Metrics> {
  const { createMetrics } = await import('./metrics/metrics.ts');
  return createMetrics(version(), {
    commands: SPECS.map(({ name }) => name),
    hosts: [...config.hosts.keys()],
    services: [...config.services.keys()],
    registries: [...config.registries.keys()],
  });
}

async function openTraces(endpoint: string, log: Log): Promise<Traces> {
  const { createTraces } = await import('./traces/traces.ts');
  const warn = (said: string) => log.warn({ said }, 'Traces could not be sent');
  return createTraces({ version: version(), endpoint, warn });
}
