import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Facts, Operation, Receiver } from '../observe.ts';
import type { Counts } from '../store/counts.ts';
import { createFamilies, type Families } from './families.ts';

/** The only values that labels take, beside fixed words. */
export interface KnownNames {
  readonly commands: readonly string[];
  readonly hosts: readonly string[];
  readonly services: readonly string[];
  readonly registries: readonly string[];
}

export interface Metrics {
  readonly receiver: Receiver;
  /** The exposition, with what the store counts now. `count` has its own deadline: undefined when it was missed. Never rejects. */
  read(count: () => Promise<Counts | undefined>): Promise<{ readonly type: string; readonly text: string }>;
}

/** A label's value that is none of the names it may take. */
const OTHER = 'other';

export function createMetrics(version: string, names: KnownNames): Metrics {
  const registry = new Registry();
  const families = createFamilies(registry);
  collectDefaultMetrics({ register: registry });
  families.build.set({ version }, 1);
  const among = (known: readonly string[]) => {
    const set = new Set(known);
    return (name: string | undefined) => (name !== undefined && set.has(name) ? name : OTHER);
  };
  const label = {
    command: among(names.commands),
    host: among(names.hosts),
    service: among(names.services),
    registry: among(names.registries),
  };
  const ended = (operation: Operation, facts: Facts, ms: number) => record({ families, label }, operation, facts, ms);
  return {
    receiver: {
      begin: (operation) => ({ within: (work) => work(), end: (facts, ms) => ended(operation, facts, ms) }),
      tell(happening) {
        const seconds = happening.ms / 1000;
        if (happening.kind === 'acknowledged') families.ackSeconds.observe(seconds);
        else if (happening.kind === 'ratelimited') families.limitedSeconds.inc(seconds);
        else families.approvalSeconds.observe(Math.max(0, seconds));
      },
    },
    async read(count) {
      const counts = await count().catch(() => undefined);
      showCounts(families, counts, label.service);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

type Label = Record<'command' | 'host' | 'service' | 'registry', (name: string | undefined) => string>;

function record(
  { families, label }: { readonly families: Families; readonly label: Label },
  operation: Operation,
  { command, decision = 'none', outcome = 'failed', verdict = 'none', result = 'ok', answered }: Facts,
  ms: number,
): void {
  const seconds = ms / 1000;
  if (operation.kind === 'request') {
    families.requests.inc({ command: label.command(command), decision, outcome });
    families.requestSeconds.observe({ command: label.command(command) }, seconds);
  } else if (operation.kind === 'engine') {
    const host = label.host(operation.host);
    families.engineSeconds.observe({ host, call: operation.call }, seconds);
    if (answered !== undefined) families.hostUp.set({ host }, answered ? 1 : 0);
  } else if (operation.kind === 'slack') families.slackCalls.inc({ method: operation.method, result });
  else if (operation.kind === 'registry')
    families.registryCalls.inc({ registry: label.registry(operation.registry), result });
  // One that another process or the next start carries on has no verdict yet.
  else if (operation.kind === 'deployment' && verdict !== 'none')
    families.deployments.inc({ service: label.service(operation.service), verdict });
  else if (operation.kind === 'phase') families.phaseSeconds.observe({ phase: operation.phase }, seconds);
}

/** What the store did not say is left out: an old number would look like a new one. */
function showCounts(families: Families, counts: Counts | undefined, service: Label['service']): void {
  const { pending, locks, queue, scanAge, auditLength } = families;
  for (const gauge of [locks, scanAge, auditLength]) gauge.remove();
  pending.reset();
  queue.reset();
  if (counts === undefined) return;
  for (const [name, count] of counts.pending) pending.inc({ service: service(name) }, count);
  for (const [name, count] of counts.queues) queue.set({ queue: name }, count);
  locks.set(counts.locks);
  if (counts.scanAgeMs !== undefined) scanAge.set(counts.scanAgeMs / 1000);
  auditLength.set(counts.auditLength);
}
