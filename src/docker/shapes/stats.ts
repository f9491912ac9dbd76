import { z } from 'zod';
import type { StatsSample } from '../client/look-types.ts';
import { list, number, records, text, time } from './fields.ts';

const count = z
  .number()
  .nullish()
  .transform((value) => Math.max(0, value ?? 0));
const maybe = z.number().nullish();

/** More processes than any kernel allows: the engine writes "no limit" as the largest number it has. */
const NO_PIDS_LIMIT = 2 ** 32;
const MAX_DEVICES = 2000;

/**
 * One sample of `GET /containers/{id}/stats`, on cgroup v1 and v2. Null for a container that is not running: the engine
 * then sends zeros with the zero time, or, when it was removed while it was sampled, nothing at all (20.10).
 */
export const Stats = z.lazy(() =>
  z
    .object({
      read: text,
      num_procs: number,
      cpu_stats: z.object({
        cpu_usage: z.object({ total_usage: count, percpu_usage: list(z.number()) }).nullish(),
        system_cpu_usage: maybe,
        online_cpus: maybe,
        throttling_data: z.object({ periods: count, throttled_periods: count }).nullish(),
      }),
      memory_stats: z.object({
        usage: count,
        limit: count,
        stats: z.object({ total_inactive_file: maybe, inactive_file: maybe }).nullish(),
      }),
      pids_stats: z.object({ current: count, limit: maybe }).nullish(),
      blkio_stats: z
        .object({ io_service_bytes_recursive: list(z.object({ op: text, value: count }), MAX_DEVICES) })
        .nullish(),
      networks: records(z.object({ rx_bytes: count, tx_bytes: count })),
    })
    .optional()
    .transform((raw): StatsSample | null => {
      if (raw === undefined || time(raw.read) === undefined) return null;
      const { cpu_stats: cpu, memory_stats: memory, pids_stats: pids, networks } = raw;
      const ports = Object.values(networks ?? {});
      const blocks = raw.blkio_stats?.io_service_bytes_recursive ?? [];
      const bytesOf = (first: string) =>
        blocks.filter(({ op }) => op.toLowerCase().startsWith(first)).reduce((sum, { value }) => sum + value, 0);
      return {
        isWindows: raw.num_procs > 0,
        cpu: {
          total: cpu.cpu_usage?.total_usage ?? 0,
          system: cpu.system_cpu_usage ?? undefined,
          online: cpu.online_cpus || (cpu.cpu_usage?.percpu_usage.length ?? 0),
          periods: cpu.throttling_data?.periods ?? 0,
          throttled: cpu.throttling_data?.throttled_periods ?? 0,
        },
        memory: {
          usage: memory.usage,
          inactiveFile: memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0,
          limit: memory.limit,
        },
        network:
          ports.length === 0
            ? undefined
            : {
                received: ports.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
                sent: ports.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
              },
        block: { read: bytesOf('r'), written: bytesOf('w') },
        pids: pids?.current ?? 0,
        pidsLimit: pids?.limit && pids.limit < NO_PIDS_LIMIT ? pids.limit : undefined,
      };
    }),
);
