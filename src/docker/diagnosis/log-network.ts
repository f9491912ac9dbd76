import { code } from '../../domain/errors.ts';
import type { Cause } from './cause.ts';
import type { ContainerFacts, Neighbour } from './facts.ts';
import type { LogRule } from './log-rule.ts';
import { showLog, showLogOf } from './next.ts';
import { first } from './rule.ts';

/** What it cannot reach, and cannot listen on. */
export const LOG_NETWORK_RULES: readonly LogRule[] = [
  {
    id: 'name-unknown',
    patterns: [
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ['"]?([A-Za-z0-9][\w.-]{0,200})/iu,
      /could not (?:resolve host(?:name)?|translate host name):? ['"]?([A-Za-z0-9][\w.-]{0,200})/iu,
      /bad address ['"]?([A-Za-z0-9][\w.-]{0,200})/iu,
      /lookup ([A-Za-z0-9][\w.-]{0,200})(?: on [^ ]{1,60})?: (?:no such host|server misbehaving|temporary failure|i\/o timeout)/iu,
      /UnknownHostException: ([A-Za-z0-9][\w.-]{0,200})/iu,
      /can't (?:find|resolve) '?([A-Za-z0-9][\w.-]{0,200})'?:/iu,
      /host not found in upstream "?([A-Za-z0-9][\w.-]{0,200})/iu,
      /unknown (?:mysql server )?host:? '?([A-Za-z0-9][\w.-]{0,200})/iu,
      /failed to resolve (?:host )?'?([A-Za-z0-9][\w.-]{0,200})/iu,
      /name or service not known|temporary failure in name resolution|name does not resolve|nodename nor servname|no such host/iu,
    ],
    say: (found, facts) => nameUnknown(first(found), facts),
  },
  {
    id: 'port-in-use-inside',
    patterns: [/address already in use|EADDRINUSE|Only one usage of each socket address/iu],
    say: (_, { networkMode }, line) => ({
      sentence:
        networkMode === 'host'
          ? `It cannot listen on its port${portIn(line)}: another program of the host uses it (host network).`
          : `It cannot listen on its port${portIn(line)}: another process in the container uses it already.`,
      advice:
        networkMode === 'host'
          ? 'On the host: ss -ltnp. Choose another port, or stop the other program.'
          : 'Check that its command starts the program only once.',
    }),
  },
  {
    id: 'port-needs-root',
    patterns: [
      /bind.{0,120}(?:permission denied|EACCES|\(13: )|listen EACCES.{0,100}|permission denied.{0,60}(?:could not bind|bind\(\))|making sock.{0,80}permission denied/iu,
    ],
    say: (_, { user }, line) => ({
      sentence: `It may not listen on port${portIn(line) || ' below 1024'}${user === '' ? '' : ` as user ${code(user)}`}.`,
      advice: 'Listen on a port above 1024 in the container, or add the capability NET_BIND_SERVICE.',
    }),
  },
  {
    id: 'dependency-refused-login',
    patterns: [
      /password authentication failed for user|no pg_hba\.conf entry|Access denied for user|WRONGPASS|NOAUTH|invalid username[- ]password pair|SASL authentication failed|Authentication failed|ACCESS_REFUSED|401 Unauthorized|InvalidAccessKeyId|SignatureDoesNotMatch/iu,
    ],
    say: () => ({
      sentence: 'A service it depends on rejects its user name or password.',
      advice: 'Check the credentials in its variables or secrets against that service.',
    }),
  },
  {
    id: 'dependency-refused-connection',
    patterns: [
      /ECONNREFUSED (\S{1,200})/iu,
      /dial tcp (\S{1,200}): connect: connection refused/iu,
      /connect(?:ion)? to (?:server at |host )?['"]?([A-Za-z0-9][\w.-]{0,200})(?![\w.-]).{0,100}refused/iu,
      /can't connect to (?:remote host )?['"(]?([A-Za-z0-9][\w.:-]{0,200}).{0,60}(?:refused|\(111)/iu,
      /host='([\w.-]{1,200})'.{0,200}refused/iu,
      /connection refused|actively refused|\bECONNREFUSED\b/iu,
    ],
    say: (found, facts) => connectionRefused(first(found), facts),
  },
  {
    id: 'dependency-unreachable',
    patterns: [
      /ETIMEDOUT (\S{1,200})|EHOSTUNREACH(?: (\S{1,200}))?|ENETUNREACH|no route to host|network is unreachable|(?:connection|connect) timed out|i\/o timeout|dial tcp (\S{1,200}): .{0,40}timeout/iu,
    ],
    say: (found, { networkMode }) => {
      const target = first(found);
      return {
        sentence:
          networkMode === 'none'
            ? 'It has no network (network mode none), and tries to connect.'
            : `It cannot reach ${target === '' ? 'a service it depends on' : code(target)}: no answer from the network.`,
        advice:
          networkMode === 'none'
            ? 'Give it a network.'
            : 'Check the address, the networks of both, and any firewall in between.',
      };
    },
  },
];

const portIn = (line: string) => {
  const port = [...line.matchAll(/[:\s](\d{2,5})\b/gu)].at(-1)?.[1];
  return port === undefined ? '' : ` ${port}`;
};

/** A name that others of the host may have: then it is on another network, or does not run. */
function nameUnknown(name: string, facts: ContainerFacts): Pick<Cause, 'sentence' | 'advice'> & Partial<Cause> {
  const other = neighbourCalled(name, facts);
  const networks = Object.keys(facts.networks);
  const shown = name === '' ? 'a host name' : code(name);
  if (facts.networkMode === 'none')
    return {
      id: 'no-network',
      sentence: `It has no network (network mode none), so ${shown} does not resolve.`,
      advice: 'Give it a network.',
    };
  if (!other)
    return {
      sentence: `The host name ${shown} does not resolve.`,
      advice:
        networks.length === 1 && networks[0] === 'bridge'
          ? 'Containers find each other by name only on a network of their own, not on the default bridge. Otherwise check the spelling and the DNS of the host.'
          : 'Check the spelling, whether that container runs on the same network, and the DNS of the host.',
    };
  if (other.state !== 'running')
    return {
      id: 'dependency-down',
      sentence: `It needs ${code(other.name)}, which does not run (${other.status}).`,
      advice: `Find out why ${code(other.name)} is down.`,
      next: [{ label: `Why is ${other.name} down?`, line: `why ${other.name} --on ${facts.host}` }, showLog(facts)],
    };
  const shared = other.networks.filter((network) => networks.includes(network) && network !== 'bridge');
  if (shared.length > 0)
    return {
      sentence: `The host name ${shown} did not resolve, though container ${code(other.name)} is on the same network now.`,
      advice: 'It may have started before the other was there: restart it.',
      next: [showLog(facts), showLogOf(other.name, facts)],
    };
  return {
    id: 'wrong-network',
    sentence: `${shown} does not resolve: container ${code(other.name)} runs, but shares no network with it${
      networks.includes('bridge') ? ' on which names resolve' : ''
    }.`,
    advice: `It is on ${networks.map(code).join(', ') || 'no network'}, ${code(other.name)} on ${other.networks.map(code).join(', ') || 'none'}: put both on one network of your own.`,
    next: [showLog(facts)],
  };
}

function neighbourCalled(name: string, { neighbours = [] }: ContainerFacts): Neighbour | undefined {
  if (name === '') return undefined;
  const called = neighbours.filter(({ names, composeService }) => names.includes(name) || composeService === name);
  return called.find(({ state }) => state === 'running') ?? called[0];
}

function connectionRefused(target: string, facts: ContainerFacts): Pick<Cause, 'sentence' | 'advice'> & Partial<Cause> {
  const host = target.replace(/:\d{1,5}$/u, '');
  const other = neighbourCalled(host, facts);
  const isSelf = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])(?::\d{1,5})?$/u.test(target);
  if (isSelf)
    return {
      id: 'connects-to-itself',
      sentence: `It connects to ${code(target)}, which is the container itself, and nothing listens there.`,
      advice: 'In a container, localhost is the container: use the name of the other container.',
    };
  if (other && other.state !== 'running')
    return {
      id: 'dependency-down',
      sentence: `It needs ${code(other.name)}, which does not run (${other.status}).`,
      advice: `Find out why ${code(other.name)} is down.`,
      next: [{ label: `Why is ${other.name} down?`, line: `why ${other.name} --on ${facts.host}` }, showLog(facts)],
    };
  return {
    sentence: `${target === '' ? 'A service it depends on' : code(target)} refuses its connection: nothing listens there.`,
    advice: other
      ? `${code(other.name)} runs (${other.status}): check that it listens on that port, on 0.0.0.0.`
      : 'Check that the service runs, its port, and that it listens on more than 127.0.0.1.',
    next: other ? [showLogOf(other.name, facts), showLog(facts)] : [showLog(facts)],
  };
}
