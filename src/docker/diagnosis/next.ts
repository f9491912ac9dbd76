import type { NextStep } from './cause.ts';
import type { ContainerFacts } from './facts.ts';

type Of = Pick<ContainerFacts, 'host' | 'name'>;

export const showLog = ({ host, name }: Of, lines = 100): NextStep => ({
  label: 'Show its log',
  line: `logs ${name} -n ${lines} --on ${host}`,
});

export const listAll = ({ host }: Pick<Of, 'host'>): NextStep => ({
  label: 'List containers',
  line: `ps -a --on ${host}`,
});

export const freeDisk = ({ host }: Pick<Of, 'host'>): NextStep => ({
  label: 'Find what to prune',
  line: `prune images --on ${host}`,
});

/** The log of another container of the same host. */
export const showLogOf = (name: string, { host }: Pick<Of, 'host'>): NextStep => ({
  label: `Log of ${name}`,
  line: `logs ${name} -n 100 --on ${host}`,
});
