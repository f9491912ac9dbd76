import type { Guarded, GuardrailsConfig } from '../config.ts';
import { matchesPattern } from './images.ts';

export interface Violation {
  /** What the container would have: `privileged`, `/var/run/docker.sock`, `0.0.0.0:80/tcp`. */
  readonly what: string;
  /** Why that is guarded, as a sentence. */
  readonly why: string;
  /** Where in the config it could be allowed. */
  readonly rule: string;
}

export interface Judgement {
  /** What stops the plan: the container would have it, and has not got it today. */
  readonly refused: readonly Violation[];
  /** What is against the guardrails, but was so before: said, and not in the way. */
  readonly inherited: readonly Violation[];
}

/**
 * Judges a container's final settings. `before` are those of the container it replaces: none for a new one. What is
 * worse than before (another folder, a lower port) is new.
 */
export function judge(after: readonly Guarded[], config: GuardrailsConfig, before: readonly Guarded[] = []): Judgement {
  const had = new Set(before.map(keyOf));
  const refused: Violation[] = [];
  const inherited: Violation[] = [];
  for (const fact of after) {
    const violation = violates(fact, config);
    if (violation) (had.has(keyOf(fact)) ? inherited : refused).push(violation);
  }
  return { refused, inherited };
}

function keyOf(fact: Guarded): string {
  return JSON.stringify(fact, Object.keys(fact).sort());
}

function violates(fact: Guarded, { allow, require }: GuardrailsConfig): Violation | undefined {
  const say = (ok: boolean, what: string, why: string, rule: string) =>
    ok ? undefined : { what, why, rule: `guardrails.${rule}` };
  switch (fact.kind) {
    case 'privileged':
      return say(allow.privileged, 'privileged', 'A privileged container is root on its host.', 'allow.privileged');
    case 'host-namespace':
      return say(
        allow.hostNamespaces,
        `${fact.namespace}: host`,
        `It would share the host's ${fact.namespace} namespace.`,
        'allow.hostNamespaces',
      );
    case 'docker-socket':
      return say(
        allow.dockerSocket,
        fact.source,
        'Whoever has the engine’s socket is root on its host.',
        'allow.dockerSocket',
      );
    case 'unconfined':
      return say(
        allow.unconfined,
        fact.option,
        'It would run without the kernel’s usual confinement.',
        'allow.unconfined',
      );
    case 'device':
      return say(
        plain(fact.path) && allow.devices.some((pattern) => matchesPattern(pattern, fact.path)),
        fact.path,
        'It would have a device of the host.',
        'allow.devices',
      );
    case 'capability': {
      const name = fact.name.toUpperCase().replace(/^CAP_/u, '');
      return say(
        allow.capabilities.includes(name),
        name,
        'It would have a capability docker does not give.',
        'allow.capabilities',
      );
    }
    case 'bind':
      return say(
        plain(fact.source) && allow.binds.some((pattern) => matchesPattern(pattern, withoutSlash(fact.source))),
        fact.source,
        `It would ${fact.readOnly ? 'read' : 'write'} a folder of the host.`,
        'allow.binds',
      );
    case 'port':
      return port(fact, allow.ports, say);
    case 'missing':
      return say(!require.includes(fact.what), `no ${fact.what}`, MISSING[fact.what], 'require');
  }
}

type Say = (ok: boolean, what: string, why: string, rule: string) => Violation | undefined;

function port(fact: Extract<Guarded, { kind: 'port' }>, allowed: GuardrailsConfig['allow']['ports'], say: Say) {
  const loopback = /^(?:127\.|::1$)/u.test(fact.hostIp);
  // A port the engine picks is from its range of ephemeral ones.
  const unprivileged = fact.hostPort === undefined || fact.hostPort >= 1024;
  const ok = allowed === 'any' || loopback || (allowed === 'unprivileged' && unprivileged);
  const address = fact.hostIp.includes(':') ? `[${fact.hostIp}]` : fact.hostIp || '0.0.0.0';
  const why =
    allowed === 'loopback'
      ? 'It would be reachable from outside the host.'
      : 'A port below 1024 is one that others expect a known service behind.';
  return say(ok, `${address}:${fact.hostPort ?? 'any'}/${fact.protocol}`, why, 'allow.ports');
}

const MISSING = {
  memory: 'Without a memory limit it can take the whole host down with it.',
  pids: 'Without a limit of processes it can fork until the host stops.',
  restart: 'Without a restart policy it stays down after a crash or a reboot.',
  healthcheck: 'Without a health check a rollout can only see that it runs.',
} as const;

// A path that climbs would match by its beginning and mean another folder.
function plain(path: string): boolean {
  return path.startsWith('/') && !path.split('/').some((part) => part === '..' || part === '.');
}

function withoutSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/u, '') : path;
}
