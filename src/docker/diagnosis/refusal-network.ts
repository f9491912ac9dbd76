import { code } from '../../domain/errors.ts';
import type { Cause } from './cause.ts';
import { listAll, showLogOf } from './next.ts';
import type { Place, RefusalRule } from './rule.ts';

/** Whether another container, or an engine that crashed, holds the port. */
const PORT_TAKEN = /port is already allocated|(?:bind|listen).{0,200}address already in use/iu;

export const isPortTaken = (engineSaid: string) => PORT_TAKEN.test(engineSaid);

/**
 * The port of the host that an engine reports as taken. 20.10: `Bind for 0.0.0.0:8080 failed: …`, `listen tcp4
 * 0.0.0.0:8080: bind: …`; 28.5 names the container's address after it: `failed to bind host port
 * 0.0.0.0:8080:172.17.0.2:80/tcp: …`.
 */
function takenPort(engineSaid: string): number | undefined {
  const forwarded = /:(\d{1,5}):(?:[\d.]+|\[[\da-f:.]+\]):\d{1,5}\/\w/iu.exec(engineSaid);
  // The address comes before the cause, so the last port in the message counts.
  const port = Number(forwarded?.[1] ?? [...engineSaid.matchAll(/:(\d{1,5})\b/gu)].at(-1)?.[1] ?? 0);
  return port === 0 ? undefined : port;
}

/** Refusals about ports, networks, and containers whose namespaces are shared. */
export const NETWORK_RULES: readonly RefusalRule[] = [
  {
    id: 'port-taken',
    patterns: [PORT_TAKEN],
    say: (_, place, said) => portTaken(said, place),
  },
  {
    id: 'address-taken',
    patterns: [/Address already in use|no available IPv4 addresses/iu],
    say: () => ({
      sentence: 'The address on the network is taken, or the network has none left.',
      advice: 'Choose another address, or a larger subnet.',
    }),
  },
  {
    id: 'fixed-address',
    patterns: [/user specified IP address is supported/iu],
    say: () => ({
      sentence: 'A fixed address is possible only on a network of your own with a subnet.',
      advice: 'Create the network with --subnet, or leave out the address.',
    }),
  },
  {
    id: 'joined-container-gone',
    patterns: [
      /No such container: (\S{1,255})|cannot join network (?:namespace )?of a non running container: (?:container )?(\S{1,255})|Cannot link to a non running container: \/?(\S{1,255})|joining network namespace of container: .{0,300}/iu,
    ],
    say: ([gone, stopped, linked], { networkMode = '' }) => {
      const name = gone ?? stopped ?? linked ?? networkMode.replace(/^container:/u, '');
      return {
        sentence: `It shares the network of container ${code(name)}, which ${gone === undefined ? 'does not run' : 'no longer exists'}.`,
        advice:
          gone === undefined
            ? `Start ${code(name)} first.`
            : 'Create this container anew: it is bound to the id of the one that was removed.',
      };
    },
  },
  {
    id: 'network-missing',
    patterns: [/network (\S{1,255}) not found|Could not attach to network (\S{1,255}):/iu],
    say: ([network, other]) => ({
      sentence: `The host has no network ${code(network ?? other ?? '')} any more.`,
      advice: 'Create the network on the host, then the container anew: it is bound to the id of the network.',
    }),
  },
  {
    id: 'firewall-rules',
    patterns: [/iptables failed|Failed to Setup IP tables|No chain\/target\/match by that name/iu],
    say: () => ({
      sentence: "The engine's firewall rules are gone: something flushed iptables.",
      advice: 'On the host: systemctl restart docker.',
    }),
  },
];

/** That a port is taken, and by whom as far as the engine says. */
export function portTaken(
  engineSaid: string,
  place: Pick<Place, 'host' | 'neighbours'>,
): Pick<Cause, 'sentence' | 'next'> & { readonly advice: string } {
  const { host, neighbours } = place;
  const port = takenPort(engineSaid);
  if (port === undefined)
    return {
      sentence: 'A port it publishes is already in use on the host.',
      advice: `Find what uses the port on ${host}: docker ps, or ss -ltnp.`,
      next: [listAll(place)],
    };
  const holder = neighbours?.find(
    ({ state, ports }) => state === 'running' && ports.some(({ publicPort }) => publicPort === port),
  );
  if (holder)
    return {
      sentence: `Port ${port} of the host is already used by container ${code(holder.name)}.`,
      advice: `Container ${holder.name} uses port ${port} on ${host}: stop it, or publish another port.`,
      next: [listAll(place), showLogOf(holder.name, place)],
    };
  return {
    sentence: `Port ${port} of the host is already in use${neighbours ? ', by no container' : ''}.`,
    advice: `${neighbours ? `No container on ${host} uses port ${port}. ` : ''}Find the program: ss -ltnp 'sport = :${port}'. If that is docker-proxy or nothing, the engine kept the port after a crash: systemctl restart docker`,
    next: [listAll(place)],
  };
}
