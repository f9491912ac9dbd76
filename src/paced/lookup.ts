import { type LookupAddress, lookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';

/** How long a connection waits for DNS, in milliseconds: less than any call has, so that DNS is named as the cause. */
const WAIT_MS = 3000;
/** Time after which a lookup is slow, and after which the last known addresses are used. */
const SLOW_MS = 1000;
/** Names that are kept, the last used ones: registries may be typed by people. */
const MOST_NAMES = 1000;
/** Names without an answer that wait for their turn; each takes the system's resolver ten seconds and more. */
const MOST_WAITING = 20;
/** How long addresses are used while DNS does not answer: a rollout that is under way can end, or roll back. */
const KEPT_MS = 15 * 60_000;
/** The same while it says that there is no such name, as a resolver does that has lost its own source of names. */
const KEPT_WHEN_GONE_MS = 5 * 60_000;

type Addresses = readonly LookupAddress[];

interface Name {
  /** The last addresses that DNS gave, and when, by `performance.now()`. */
  last: { readonly addresses: Addresses; readonly at: number } | undefined;
  asking: Promise<Addresses> | undefined;
  isSlow: boolean;
}

const names = new Map<string, Name>();
/** The end of the line of names whose DNS does not answer. */
let lane: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Looks up the hosts of engines, registries and receivers. Node asks the system's resolver on two threads of the process,
 * and no lookup can be canceled: two names whose DNS does not answer would hold up all others, Slack's too. So each name is
 * looked up once at a time, those that DNS does not answer one after another, and a name that DNS gave lately is reached
 * without it.
 */
export const lookupHost: LookupFunction = (host, options, done) => {
  resolve(host).then(
    (found) => {
      const { family } = options;
      const [first, ...more] = found.filter((one) => !family || family === one.family || family === `IPv${one.family}`);
      if (first === undefined) done(dnsError('ENOTFOUND', host), '', 0);
      else if (options.all) done(null, [first, ...more]);
      else done(null, first.address, first.family);
    },
    (error: NodeJS.ErrnoException) => done(error, '', 0),
  );
};

async function resolve(host: string): Promise<Addresses> {
  const name = names.get(host) ?? { last: undefined, asking: undefined, isSlow: false };
  remember(host, name);
  const asking = ask(host, name);
  const { last } = name;
  const keptFor = last ? performance.now() - last.at : 0;
  const kept = keptFor < KEPT_MS ? last?.addresses : undefined;
  if (kept && name.isSlow) return kept;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), kept ? SLOW_MS : WAIT_MS);
  try {
    const found = await Promise.race([asking, late.promise]);
    if (found ?? kept) return (found ?? kept) as Addresses;
    throw dnsError('EAI_AGAIN', host, ` (no answer from DNS within ${WAIT_MS / 1000} s)`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (kept && (code === 'EAI_AGAIN' || (code === 'ENOTFOUND' && keptFor < KEPT_WHEN_GONE_MS))) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function remember(host: string, name: Name): void {
  // The last used one comes last.
  names.delete(host);
  names.set(host, name);
  for (const [oldest] of names) {
    if (names.size <= MOST_NAMES) return;
    names.delete(oldest);
  }
}

function ask(host: string, name: Name): Promise<Addresses> {
  if (name.asking) return name.asking;
  const asking = lookUp(host, name);
  name.asking = asking;
  const settle = () => {
    name.asking = undefined;
  };
  asking.then(settle, settle);
  return asking;
}

async function lookUp(host: string, name: Name): Promise<Addresses> {
  const isSure = name.last !== undefined && !name.isSlow;
  if (isSure || (await isAnswered(host))) return askSystem(host, name);
  name.isSlow = true;
  if (waiting >= MOST_WAITING) throw dnsError('EAI_AGAIN', host, ' (DNS does not answer for other names either)');
  waiting += 1;
  const asking = lane.then(() => askSystem(host, name));
  const settle = () => {
    waiting -= 1;
  };
  lane = asking.then(settle, settle);
  return asking;
}

/** Whether the system's resolver will not wait for DNS: it has the name in its file, or DNS answers a question about it. */
async function isAnswered(host: string): Promise<boolean> {
  const file = await readFile('/etc/hosts', 'utf8').catch(() => '');
  if (file.toLowerCase().split(/\s+/u).includes(host.toLowerCase())) return true;
  // Its own sockets instead of threads. What it finds is not used: it knows neither the file nor search domains.
  const resolver = new Resolver({ timeout: SLOW_MS, tries: 1 });
  return resolver.resolve4(host).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ETIMEOUT',
  );
}

async function askSystem(host: string, name: Name): Promise<Addresses> {
  const timer = setTimeout(() => {
    name.isSlow = true;
  }, SLOW_MS);
  const answered = Promise.withResolvers<Addresses>();
  lookup(host, { all: true }, (error, addresses) => (error ? answered.reject(error) : answered.resolve(addresses)));
  try {
    const addresses = await answered.promise;
    Object.assign(name, { last: { addresses, at: performance.now() }, isSlow: false });
    return addresses;
  } catch (error) {
    // DNS has answered.
    if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') name.isSlow = false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const dnsError = (code: string, host: string, more = '') =>
  Object.assign(new Error(`getaddrinfo ${code} ${host}${more}`), { code });
