import type { StatsSample } from '../../../docker/client/look-types.ts';

/** What a container uses, as `docker stats` computes it from two samples. */
export interface Figures {
  /** Per cent of one CPU: 200 is two whole CPUs. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  /** Undefined for a container without a limit of its own. */
  readonly memoryLimit: number | undefined;
  /** Of its limit; of the host's memory where it has none, as docker's MEM % is. */
  readonly memoryPercent: number;
  /** Undefined on the network of the host. */
  readonly network: StatsSample['network'];
  readonly block: StatsSample['block'];
  readonly pids: number;
  readonly pidsLimit: number | undefined;
  /** Share of the periods between the samples, 0 to 1, in which it wanted more CPU than its limit. */
  readonly throttled: number;
}

/**
 * The formulas of the docker CLI (cli/command/container/stats_helpers.go). `hostMemory` in bytes tells a limit from none:
 * engines give the memory of the host for a container without one.
 */
export function figuresOf(before: StatsSample, after: StatsSample, hostMemory: number): Figures {
  const { memory } = after;
  const used = memory.inactiveFile < memory.usage ? memory.usage - memory.inactiveFile : memory.usage;
  return {
    cpuPercent: cpuPercent(before.cpu, after.cpu),
    memoryBytes: used,
    memoryLimit: memory.limit > 0 && memory.limit < hostMemory ? memory.limit : undefined,
    memoryPercent: memory.limit > 0 ? (used / memory.limit) * 100 : 0,
    network: after.network,
    block: after.block,
    pids: after.pids,
    pidsLimit: after.pidsLimit,
    throttled: shareOf(after.cpu.throttled - before.cpu.throttled, after.cpu.periods - before.cpu.periods),
  };
}

function cpuPercent(before: StatsSample['cpu'], after: StatsSample['cpu']): number {
  const own = after.total - before.total;
  const host = (after.system ?? 0) - (before.system ?? 0);
  return own > 0 && host > 0 ? (own / host) * after.online * 100 : 0;
}

const shareOf = (part: number, whole: number): number => (whole > 0 && part > 0 ? Math.min(1, part / whole) : 0);

/** How near a container is to a limit of its own, and to which. */
export interface Pressure {
  /** 0 to 1; above 1 for a moment. */
  readonly share: number;
  readonly of: 'memory' | 'cpu' | 'pids' | 'none';
}

/** The limit that a container is nearest to. */
export function pressureOf({ memoryBytes, memoryLimit, pids, pidsLimit, throttled }: Figures): Pressure {
  const all: readonly Pressure[] = [
    { share: memoryLimit === undefined ? 0 : memoryBytes / memoryLimit, of: 'memory' },
    { share: throttled, of: 'cpu' },
    { share: pidsLimit === undefined ? 0 : pids / pidsLimit, of: 'pids' },
  ];
  return all.reduce<Pressure>((most, one) => (one.share > most.share ? one : most), { share: 0, of: 'none' });
}
