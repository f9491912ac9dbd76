import { matchesPattern } from '../../domain/glob.ts';
import { select } from '../../domain/selector.ts';
import type { Deps } from '../../handlers/deps.ts';
import { type Finding, warn } from './finding.ts';

/** Time for one host, however many there are, in milliseconds. */
const DEADLINE_MS = 15_000;

/** Patterns of `adopt` that no container has, on hosts that answer. */
export async function checkAdopted({ config, hosts }: Pick<Deps, 'config' | 'hosts'>): Promise<Finding[]> {
  if (config.adopt.length === 0) return [];
  const outcomes = await hosts.each([...config.hosts.keys()], (engine) => engine.listContainers({ all: true }), {
    signal: new AbortController().signal,
    deadlineMs: DEADLINE_MS,
  });
  const names = new Map(
    outcomes.flatMap((one) => (one.ok ? [[one.host, one.value.flatMap((container) => container.names)]] : [])),
  );
  return config.adopt.flatMap((entry, index) => {
    const there = select(entry.hosts, config.hosts);
    // A host that does not answer may have it, and is named itself.
    if (there.length === 0 || there.some((host) => !names.has(host))) return [];
    return entry.containers
      .filter((pattern) => !there.some((host) => names.get(host)?.some((name) => matchesPattern(pattern, name))))
      .map((pattern) =>
        warn(
          `adopt.${index}.containers: "${pattern}" matches no container on ${there.join(', ')}`,
          'Correct it, or drop it; the containers there are in /ps -a.',
        ),
      );
  });
}
