import { code } from '../../domain/errors.ts';
import { saySize } from '../../domain/size.ts';
import { SURE } from './cause.ts';
import type { ContainerFacts, Neighbour } from './facts.ts';
import { listAll, showLog, showLogOf } from './next.ts';
import { isDown, isLooping, type Rule } from './rule.ts';

/** Causes that the state of the container says. */
export const STATE_RULES: readonly Rule[] = [
  (facts) => {
    const { state, events } = facts;
    const recent = events?.some(({ action }) => action === 'oom') === true;
    if (!state.outOfMemory && !recent) return undefined;
    const { memoryBytes } = facts.limits;
    const limit = memoryBytes > 0 ? ` of ${saySize(memoryBytes)}` : '';
    // A kill within the container leaves its main process running, or lets it end in its own way.
    const isMain = state.exitCode === 137 || state.exitCode === 0 || isLooping(facts);
    const died = isDown(facts) || isLooping(facts);
    return {
      id: 'out-of-memory',
      rank: SURE.told + (died ? 8 : -30),
      sentence: died
        ? `It ran out of memory: the kernel killed ${isMain ? 'it' : 'one of its processes'} at its limit${limit}.`
        : `A process in it was killed for lack of memory, at its limit${limit}.`,
      evidence: [
        `OOMKilled ${state.outOfMemory}, exit code ${state.exitCode}${recent ? ', event oom' : ''}`,
        memoryBytes > 0 ? `memory limit ${saySize(memoryBytes)}` : 'no memory limit of its own: the host ran out',
      ],
      advice: memoryBytes > 0 ? 'Raise the memory limit, or find what uses it.' : 'Set memory limits on this host.',
      next: [showLog(facts)],
    };
  },
  (facts) =>
    facts.state.status === 'paused'
      ? {
          id: 'paused',
          rank: SURE.told + 5,
          sentence: 'It is paused: someone froze its processes.',
          evidence: ['state paused'],
          advice: `On the host: docker unpause ${facts.name}`,
          next: [{ label: 'Unpause', line: `unpause ${facts.name} --on ${facts.host}` }],
        }
      : undefined,
  // An engine keeps no word of a start that it refused for a port.
  (facts) => {
    if (isStarted(facts)) return undefined;
    const port = facts.published.find(
      ({ hostPort }) => hostPort !== undefined && holderOf(hostPort, facts) !== undefined,
    );
    const holder = port?.hostPort === undefined ? undefined : holderOf(port.hostPort, facts);
    if (!port || !holder) return undefined;
    return {
      id: 'port-taken',
      rank: SURE.seen + 5,
      sentence: `It does not run, and port ${port.hostPort} of the host is used by container ${code(holder.name)}.`,
      evidence: [`publishes ${port.hostPort} to ${port.inner}`, `${holder.name}: ${holder.status}`],
      advice: `Stop ${holder.name}, or publish another port.`,
      next: [showLogOf(holder.name, facts), listAll(facts)],
    };
  },
  (facts) =>
    facts.state.status === 'created' && facts.state.error === '' && facts.state.startedAt === undefined
      ? {
          id: 'never-started',
          rank: SURE.seen,
          sentence: 'It was created and never started.',
          evidence: ['state created, no start so far'],
          advice: `Start it: docker start ${facts.name}`,
          next: [{ label: 'Start', line: `start ${facts.name} --on ${facts.host}` }, listAll(facts)],
        }
      : undefined,
  (facts) =>
    facts.state.status === 'dead' || facts.state.status === 'removing'
      ? {
          id: 'removal-stuck',
          rank: SURE.told,
          sentence: 'Its removal did not finish: something on the host still uses its files.',
          evidence: [`state ${facts.state.status}`],
          advice: `Remove it again: docker rm ${facts.name}. If it stays, restart the engine.`,
          next: [listAll(facts)],
        }
      : undefined,
];

const isStarted = ({ state }: ContainerFacts) => state.status !== 'created' && state.status !== 'exited';

const holderOf = (port: number, { neighbours = [] }: ContainerFacts): Neighbour | undefined =>
  neighbours.find(({ state, ports }) => state === 'running' && ports.some(({ publicPort }) => publicPort === port));
