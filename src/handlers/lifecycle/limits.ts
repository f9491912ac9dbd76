import type { LimitUpdate } from '../../docker/client/deploy-calls.ts';
import { missingLimits } from '../../docker/rollout/risks.ts';
import type { Guarded } from '../../docker/rollout/types.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { sayMemory } from '../../domain/size.ts';
import type { SettingChange } from './types.ts';

/** What a container has set of what can be changed in place. Bytes and nanoseconds; 0 is not set, -1 is no limit. */
export interface Limits {
  readonly memory: number;
  readonly memorySwap: number;
  readonly nanoCpus: number;
  readonly pids: number;
  readonly restart: { readonly name: string; readonly maximumRetryCount: number };
}

export function limitsOf({ HostConfig }: RawContainer): Limits {
  const number = (key: string) => Number(HostConfig[key] ?? 0);
  const { Name = '', MaximumRetryCount = 0 } = HostConfig.RestartPolicy ?? {};
  return {
    memory: number('Memory'),
    memorySwap: number('MemorySwap'),
    nanoCpus: number('NanoCpus'),
    pids: Math.max(-1, number('PidsLimit')) || -1,
    restart: { name: Name || 'no', maximumRetryCount: MaximumRetryCount },
  };
}

/** The limits with some of them changed. */
export function changed(now: Limits, { memory, memorySwap, nanoCpus, pids, restart }: LimitUpdate): Limits {
  return {
    memory: memory ?? now.memory,
    memorySwap: memorySwap ?? now.memorySwap,
    nanoCpus: nanoCpus ?? now.nanoCpus,
    pids: pids ?? now.pids,
    restart: restart ?? now.restart,
  };
}

/** What differs, in docker's words: `memory`, `256MiB`, `512MiB`. */
export function changesBetween(was: Limits, is: Limits): SettingChange[] {
  const all: readonly (readonly [string, (limits: Limits) => string])[] = [
    ['memory', ({ memory }) => size(memory)],
    ['memory and swap', ({ memorySwap }) => size(memorySwap)],
    ['cpus', ({ nanoCpus }) => (nanoCpus > 0 ? `${nanoCpus / 1e9}` : 'no limit')],
    ['pids', ({ pids }) => (pids > 0 ? `${pids}` : 'no limit')],
    ['restart', ({ restart: { name, maximumRetryCount: times } }) => (times > 0 ? `${name}:${times}` : name)],
  ];
  return all.map(([setting, say]) => ({ setting, from: say(was), to: say(is) })).filter(({ from, to }) => from !== to);
}

const size = (bytes: number) => (bytes > 0 ? sayMemory(bytes) : 'no limit');

/** Facts about the limits that a guardrail may forbid; what was so before is inherited. */
export function limitFacts(was: Limits, is: Limits): Guarded[] {
  const had = new Set(missing(was));
  return missing(is).map((kind) => ({ kind, what: '', inherited: had.has(kind) }));
}

const missing = ({ memory, pids, restart }: Limits) =>
  missingLimits({ Memory: memory, PidsLimit: pids, RestartPolicy: { Name: restart.name } });
