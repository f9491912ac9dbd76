import { sayDuration } from '../../domain/duration.ts';
import type { Redact } from '../../policy/redact.ts';
import type { RegistryError } from '../../registry/errors.ts';
import { explainPing, explainRegistry } from '../../registry/explain.ts';
import type { Login, RegistryState } from '../../registry/status.ts';

/** What is wrong with a registry, and what to do about it. */
export interface Problem {
  readonly id:
    | 'unreachable'
    | 'not-a-registry'
    | 'login-refused'
    | 'login-failed'
    | 'push-login-refused'
    | 'certificate-ends'
    | 'robot-ends'
    | 'clock'
    | 'limit';
  readonly what: string;
  readonly tryThis: string;
}

/** A registry as it is shown. */
export interface RegistryRow {
  readonly registry: string;
  /** `harbor 2.16.0`; empty where it is not known. */
  readonly kind: string;
  /** Milliseconds of its first answer; undefined when none came. */
  readonly ms: number | undefined;
  readonly tls: string;
  readonly clock: string;
  readonly login: string;
  readonly limit: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

interface Around {
  /** Unix milliseconds. */
  readonly now: number;
  readonly redact: Redact;
}

const DAY = 86_400_000;
/** Certificates and robots are renewed within weeks. */
const ENDS_SOON = 14 * DAY;
/** A registry tells its clock in whole seconds, after it was asked. */
const CLOCK_MS = 5000;
const CLOCK_WRONG_MS = 60_000;

export function rowOf(state: RegistryState, { now, redact }: Around): RegistryRow {
  const { registry, ping, kind, login, limit, warnings } = state;
  const skew = ping.ok && ping.date !== undefined ? ping.date - now : undefined;
  return {
    registry,
    kind: [kind.kind, kind.version].filter((word) => word !== undefined).join(' '),
    ms: ping.ok ? ping.ms : undefined,
    tls: tlsOf(state, now),
    clock: skew === undefined ? '' : Math.abs(skew) < CLOCK_MS ? 'in step' : sayDuration(Math.abs(skew)) + side(skew),
    login: ping.ok ? [sayLogin(login), pushOf(state)].filter((word) => word !== '').join(', ') : '',
    limit: limit === undefined ? '' : `${limit.left} of ${limit.of} left`,
    problems: problemsOf(state, { now, redact }),
    warnings: warnings.map((text) => redact(text)),
  };
}

const side = (skew: number) => (skew < 0 ? ' behind' : ' ahead');

const LOGINS: Record<Login['as'], string> = {
  none: 'anonymous',
  accepted: 'works',
  refused: 'refused',
  failed: 'failed',
};
const sayLogin = ({ as }: Login) => LOGINS[as];
const pushOf = ({ pushLogin }: RegistryState) => (pushLogin === undefined ? '' : `push ${sayLogin(pushLogin)}`);

function tlsOf({ isPlain, certificate }: RegistryState, now: number): string {
  if (isPlain) return 'plain http';
  if (certificate === undefined) return '';
  const left = certificate.expires - now;
  const ends = left > 0 ? `${Math.floor(left / DAY)} d left` : 'expired';
  return certificate.issuer === '' ? ends : `${ends}, ${certificate.issuer}`;
}

function problemsOf(state: RegistryState, { now, redact }: Around): Problem[] {
  const { registry, ping, certificate, login, pushLogin, limit, robotEnds } = state;
  if (!ping.ok) {
    const { summary, tryThis } = explainPing(registry, ping.code);
    return [{ id: 'unreachable', what: summary, tryThis }];
  }
  const problems: Problem[] = [];
  const add = (isSo: boolean, problem: () => Problem) => isSo && problems.push(problem());
  const soon = (end: number | undefined): end is number => end !== undefined && end - now < ENDS_SOON;
  add(!ping.isRegistry, () => ({
    id: 'not-a-registry',
    what: `${registry} answered HTTP ${ping.status}, which is no registry.`,
    tryThis: 'Check port and path. In Nexus, each Docker repository may have its own port.',
  }));
  const accounts = [
    [login, 'login-refused', `registries.${registry}`],
    [pushLogin, 'push-login-refused', `registries.${registry}.push`],
  ] as const;
  for (const [one, id, path] of accounts) {
    add(one?.as === 'refused', () => ({
      id,
      what: `${registry} does not accept the account${id === 'login-refused' ? '' : ' for pushing'}.`,
      tryThis: `Check username and password under ${path}. A robot account may be disabled or expired.`,
    }));
    if (one?.as === 'failed') problems.push(failedLogin(one.error, redact));
  }
  if (soon(certificate?.expires))
    problems.push({
      id: 'certificate-ends',
      what: `The certificate of ${registry} ${ends(certificate.expires - now)}.`,
      tryThis: 'Renew it on the registry; hosts and Fairlead refuse it afterwards.',
    });
  if (soon(robotEnds))
    problems.push({
      id: 'robot-ends',
      what: `The robot account of ${registry} ${ends(robotEnds - now)}.`,
      tryThis: `Renew it there, then set the new secret for registries.${registry}.`,
    });
  const skew = ping.date === undefined ? 0 : ping.date - now;
  add(Math.abs(skew) > CLOCK_WRONG_MS, () => ({
    id: 'clock',
    what: `The clock of ${registry} is ${sayDuration(Math.abs(skew))}${side(skew)}: tokens may count as expired.`,
    tryThis: 'Compare both clocks with a time server.',
  }));
  add(limit !== undefined && limit.left * 10 <= limit.of, () => ({
    id: 'limit',
    what: `Only ${limit?.left} of ${limit?.of} pulls are left at ${registry}, from Fairlead's address.`,
    tryThis: 'Give it an account under registries, and hosts a mirror. Hosts have a limit of their own.',
  }));
  return problems;
}

function ends(ms: number): string {
  if (ms <= 0) return 'has ended';
  return `ends in ${ms < 2 * DAY ? sayDuration(ms) : `${Math.floor(ms / DAY)} days`}`;
}

function failedLogin(error: RegistryError, redact: Redact): Problem {
  const { summary, tryThis } = explainRegistry(error);
  return {
    id: 'login-failed',
    what: redact(`${summary}${error.said === '' ? '' : ` It says: ${error.said}`}`),
    tryThis,
  };
}
