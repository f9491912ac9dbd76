import { SURE } from './cause.ts';
import type { ContainerFacts, PublishedPort } from './facts.ts';
import { showLog } from './next.ts';
import type { Rule } from './rule.ts';

/** Published ports against what listens in the container. */
export const PUBLISHED_RULES: readonly Rule[] = [
  (facts) => {
    const { listening } = facts;
    if (facts.state.status !== 'running' || facts.networkMode === 'host' || listening === undefined) return undefined;
    const ports = facts.published.filter(({ inner }) => inner.endsWith('/tcp'));
    const on = (port: PublishedPort) => listening.filter((one) => one.port === innerPort(port));
    const silent = ports.filter((port) => on(port).length === 0);
    const loopback = ports.filter((port) => on(port).length > 0 && on(port).every(({ isLoopback }) => isLoopback));
    const [first] = loopback.length > 0 ? loopback : silent;
    if (!first) return undefined;
    // Of several ports one may be for later; of one it is what people ask about.
    const isAll = loopback.length + silent.length === ports.length;
    const published = `publishes ${first.hostPort ?? 'a port'} to ${innerPort(first)}`;
    const others = [...new Set(listening.map(({ port }) => port))].slice(0, 8);
    const isOnLoopback = loopback.length > 0;
    return {
      id: isOnLoopback ? 'listens-on-loopback' : 'port-not-listened',
      rank: isAll ? SURE.seen + 1 : SURE.aside,
      sentence: isOnLoopback
        ? `It listens on port ${innerPort(first)} only on 127.0.0.1, where nothing outside of the container reaches it.`
        : `It publishes port ${innerPort(first)}, and nothing in it listens there${others.length > 0 ? `: it listens on ${others.join(', ')}` : ''}.`,
      evidence: [published, `listening in the container: ${others.join(', ') || 'nothing'}`],
      advice: isOnLoopback
        ? 'Let the program listen on 0.0.0.0.'
        : 'Publish the port it listens on, or let it listen on this one; right after a start it may still be starting.',
      next: [showLog(facts)],
    };
  },
];

const innerPort = ({ inner }: Pick<PublishedPort, 'inner'>): number => Number.parseInt(inner, 10);

/** Whether it is worth knowing what listens in a container. */
export const hasPublishedPorts = ({
  state,
  published,
  networkMode,
}: Pick<ContainerFacts, 'state' | 'published' | 'networkMode'>) =>
  state.status === 'running' && networkMode !== 'host' && published.length > 0;
