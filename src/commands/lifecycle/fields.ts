import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { field } from '../language/define.ts';
import type { Habits } from '../language/habit.ts';

/** Containers that one command may change; more are hardly meant, and no card shows them. */
export const MOST_CONTAINERS = 20;

/** The host that a form puts behind a name, since it may be on several. */
const ON_HOST = /@[a-z0-9][a-z0-9.-]{0,62}$/u;

/** Longest time a container gets to stop, in seconds. */
const MOST_SECONDS = 600;

const ContainerName = z
  .string()
  .refine((word) => CONTAINER_NAME.test(word.replace(ON_HOST, '')), 'is a container name or id');

/** The containers of a command that changes them. None opens a form. */
export const containers = field(z.array(ContainerName).max(MOST_CONTAINERS).default([]), {
  position: 1,
  value: 'container',
  description: 'Names or ids',
});

export const timeout = field(
  z
    .string()
    .regex(/^\d{1,3}$/u, 'is a number of seconds')
    .transform(Number)
    .refine((seconds) => seconds <= MOST_SECONDS, `is at most ${MOST_SECONDS} seconds`)
    .optional(),
  {
    short: 't',
    value: 'seconds',
    description: 'How long it may take to stop before it is killed (its own setting; 10)',
  },
);

/** Habits of `docker stop` and `docker restart`. */
export const STOP_HABITS: Habits = {
  'time=': { as: (value) => (value === '' ? undefined : ['-t', value]), say: 'Seconds are given with `-t 30`.' },
};

/** Names the hosts of `shop@web-1` with `--on`, where no others are named. */
export function withHosts(words: readonly string[]): readonly string[] {
  const isNamed = words.some((word) => word.startsWith('@') || /^--on(?:=|$)/u.test(word));
  const hosts = new Set(
    words.flatMap((word) => (word.startsWith('-') ? [] : (ON_HOST.exec(word)?.[0].slice(1) ?? []))),
  );
  return isNamed || hosts.size === 0 ? words : [...words, '--on', [...hosts].join(',')];
}

/**
 * What grants and approval rules of services are compared with. Several names are no service, so that a grant for some
 * services does not reach others that are named beside them.
 */
export function serviceOfContainers({
  containers: names,
}: {
  readonly containers: readonly string[];
}): string | undefined {
  return names.length === 0 ? undefined : [...new Set(names.map((name) => name.replace(ON_HOST, '')))].join(',');
}
