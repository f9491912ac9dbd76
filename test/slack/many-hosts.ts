import type { CardHost } from '../../src/handlers/deploy/card/hosts.ts';
import type { HostFailure } from '../../src/handlers/request.ts';
import { card, plan } from '../pictures/cards.ts';
import { CHANGES } from '../pictures/changes.ts';
import { DEPLOYS } from '../pictures/deploys.ts';
import { DOCK } from '../pictures/dock.ts';
import { FIND } from '../pictures/find.ts';
import { AT, DAY, down, MINUTE, type Picture } from '../pictures/fixtures.ts';
import { GRANTS } from '../pictures/grants.ts';
import { READS } from '../pictures/reads.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The pictured answers of every command; each has a list that is about hosts or grows with them. */
export const PICTURES: readonly Picture[] = [...READS, ...CHANGES, ...DEPLOYS, ...DOCK, ...GRANTS, ...FIND];

/** Names that no other one begins with. */
export const hostNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `web-${String(index + 1).padStart(3, '0')}.fra`);

/** A failure of its own for every host; `alike` gives all the same reason. */
export function failuresOf(hosts: readonly string[], alike: boolean): HostFailure[] {
  return hosts.map((host, index) => ({
    ...down,
    host,
    summary: alike ? down.summary : `Refused with code ${1000 + index}.`,
    engineSaid: `connect ECONNREFUSED 10.0.${index % 250}.12:2376`,
  }));
}

/** An answer of a picture over so many hosts: each list of its parts has an entry for each of them. */
export function over(picture: Picture, hosts: readonly string[], failures: readonly HostFailure[]): Picture {
  const result = (typeof picture.result === 'object' ? spread(picture.result as Json, hosts) : {}) as object;
  return {
    ...picture,
    result: { ...result, ...('failures' in result ? { failures } : {}) },
    request: { ...picture.request, hosts },
  };
}

/** A part that names its host, or that hosts are named in, is repeated for all of them. */
function spread(value: Json, hosts: readonly string[], key = ''): Json {
  if (Array.isArray(value)) {
    if (HOST_LISTS.includes(key) && value.length > 0 && value.every((one) => typeof one === 'string')) return hosts;
    const [first] = value as readonly Json[];
    if (first === undefined || !GROWING.includes(key)) return value.map((one: Json) => spread(one, hosts));
    return hosts.map((host, index) => {
      const one = spread((value as readonly Json[])[index % value.length] ?? first, hosts);
      return isRecord(one) ? named(one, host, index) : one;
    });
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spread(part, hosts, name)]));
}

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const HOST_LISTS = ['hosts', 'running', 'gone', 'permitted'];
const GROWING = ['hosts', 'waiting', 'deployments', 'locks', 'places', 'line', 'versions'];

function named(one: { readonly [key: string]: Json }, host: string, index: number): Json {
  const numbered = { hash: `${String(index).padStart(8, '0')}${'a'.repeat(56)}`, service: `service-${index}-end` };
  return Object.fromEntries(
    Object.entries(one).map(([name, value]) => {
      if (name === 'host' && typeof value === 'string') return [name, host];
      if (name === 'hash') return [name, numbered.hash];
      if (name === 'service') return [name, numbered.service];
      return [name, value];
    }),
  );
}

/** The card of a plan over so many hosts, in each state it can be drawn in. */
export function cardsOver(hosts: readonly string[]) {
  const [like] = plan.hosts;
  if (!like) throw new Error('no host');
  const each = hosts.map((host, index) => ({
    ...like,
    host,
    warnings: [`Something of ${host}.`],
    changes: index % 2 === 0 ? like.changes : [],
  }));
  const whole = { ...plan, hosts: each, waves: hosts.map((host) => [host]) };
  const asked = { ...card, plan: whole };
  const state = (index: number): CardHost => ({
    host: hosts[index] ?? '',
    phase: index % 3 === 0 ? 'gate' : undefined,
    since: AT,
    detail: undefined,
    cause: undefined,
    steps: [{ phase: 'pull', ms: 4000 }],
    verdict:
      index % 3 === 1
        ? { verdict: index % 2 === 0 ? 'deployed' : 'rolled_back', phase: 'gate', why: 'Why.', tryThis: 'Try.', ms: 1 }
        : undefined,
    onAbort: index % 3 === 0 ? 'restore' : index % 3 === 2 ? 'leave' : undefined,
  });
  const deployment = {
    id: card.id,
    startedAt: AT,
    finishedAt: undefined,
    verdict: undefined,
    refused: undefined,
    abortedBy: undefined,
    waitsUntil: undefined,
    hosts: hosts.map((_, index) => state(index)),
  };
  return [
    asked,
    { ...asked, state: 'expired' as const },
    { ...asked, deployment },
    { ...asked, deployment: { ...deployment, waitsUntil: AT + MINUTE } },
    { ...asked, deployment: { ...deployment, abortedBy: 'U0OPS1' } },
    { ...asked, deployment: { ...deployment, verdict: 'partial' as const, finishedAt: AT + DAY } },
    { ...asked, deployment: { ...deployment, verdict: 'rolled_back' as const, finishedAt: AT + DAY } },
  ];
}
