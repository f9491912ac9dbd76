import type { Guarded, GuardrailsConfig } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';

export interface Violation {
  /** The setting the container would get: `privileged`, `/var/run/docker.sock`, `0.0.0.0:80/tcp`. */
  readonly what: string;
  /** The risk of the setting, as a sentence. */
  readonly why: string;
  /** Config path that would allow the setting. */
  readonly rule: string;
}

export interface Judgement {
  /** Refused settings: new for this container. */
  readonly refused: readonly Violation[];
  /** Settings against the guardrails that the container already has: shown, not refused. */
  readonly inherited: readonly Violation[];
}

/** Checks a container's final settings, as planned for its host, against the guardrails. */
export function judge(facts: readonly Guarded[], config: GuardrailsConfig): Judgement {
  const refused: Violation[] = [];
  const inherited: Violation[] = [];
  for (const fact of facts) {
    const { why, rule } = GUARDS[fact.kind];
    if (isAllowed(fact, config)) continue;
    const what = fact.what === '' ? fact.kind : fact.what;
    (fact.inherited ? inherited : refused).push({ what, why, rule: rule === '' ? 'guardrails' : `guardrails.${rule}` });
  }
  return { refused, inherited };
}

/** Volumes of other containers that the config allows, shown to approvers. */
export function othersVolumes(facts: readonly Guarded[], config: GuardrailsConfig): readonly string[] {
  return facts
    .filter((fact) => fact.kind === 'volume' && !fact.inherited && isAllowed(fact, config))
    .map(({ what }) => what);
}

function isAllowed({ kind, what, inherited }: Guarded, { allow, require }: GuardrailsConfig): boolean {
  switch (kind) {
    case 'privileged':
      return allow.privileged;
    case 'host-namespace':
      return allow.hostNamespaces;
    case 'container-namespace':
      // Where it lives is its own; another program would get at what another container does.
      return inherited;
    case 'docker-socket':
      return allow.dockerSocket;
    case 'security':
      return allow.unconfined;
    case 'device':
      return matchesPath(what, allow.devices);
    case 'capability':
      return [...USUAL_CAPABILITIES, ...allow.capabilities].includes(what.toUpperCase().replace(/^CAP_/u, ''));
    case 'bind':
      return matchesPath(what, allow.binds);
    case 'volume':
      // A volume the container already has is its own, whatever its name.
      return inherited || allow.volumes.some((pattern) => matchesPattern(pattern, what));
    case 'port':
      return isPortAllowed(what, allow.ports);
    case 'no-memory-limit':
      return !require.includes('memory');
    case 'no-pids-limit':
      return !require.includes('pids');
    case 'no-restart':
      return !require.includes('restart');
    case 'no-healthcheck':
      return !require.includes('healthcheck');
    default:
      // A service's config cannot set these; they are only taken over from an adopted container.
      return false;
  }
}

/** What docker gives each container by itself, so that it can be taken away and given back one by one. */
const USUAL_CAPABILITIES: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const GUARDS: Readonly<Record<Guarded['kind'], { readonly why: string; readonly rule: string }>> = {
  privileged: { why: 'A privileged container is root on its host.', rule: 'allow.privileged' },
  'host-namespace': { why: 'It would share a namespace with its host.', rule: 'allow.hostNamespaces' },
  'container-namespace': { why: 'It would share a namespace with another container.', rule: '' },
  'docker-socket': {
    why: 'Access to the engine’s socket or data, or a folder they are in, is root on its host.',
    rule: 'allow.dockerSocket',
  },
  security: { why: 'It would run without the kernel’s usual confinement.', rule: 'allow.unconfined' },
  device: { why: 'It would have a device of the host.', rule: 'allow.devices' },
  capability: { why: 'It would have a capability docker does not give by itself.', rule: 'allow.capabilities' },
  bind: { why: 'It would have a folder of the host.', rule: 'allow.binds' },
  volume: { why: 'It is not the volume of this container, which would have its data.', rule: 'allow.volumes' },
  port: { why: 'It would be reachable at an address the guardrails keep back.', rule: 'allow.ports' },
  'volumes-from': { why: 'It would have every volume of another container.', rule: '' },
  sysctl: { why: 'It would change a setting of the kernel.', rule: '' },
  runtime: { why: 'It would run under another runtime than the usual one.', rule: '' },
  cgroup: { why: 'It would choose its own control group.', rule: '' },
  'no-memory-limit': { why: 'Without a memory limit it can take its host down with it.', rule: 'require' },
  'no-pids-limit': { why: 'Without a limit of processes it can fork until its host stops.', rule: 'require' },
  'no-restart': { why: 'Without a restart policy it stays down after a crash or a reboot.', rule: 'require' },
  'no-healthcheck': { why: 'Without a health check a rollout can only see that it runs.', rule: 'require' },
};

function isPortAllowed(what: string, ports: GuardrailsConfig['allow']['ports']): boolean {
  if (ports === 'any') return true;
  const [, address = '', first, last = first] = PORT.exec(what) ?? [];
  if (/^(?:127(?:\.\d{1,3}){3}|\[?::1\]?)$/u.test(address)) return true;
  if (ports !== 'unprivileged' || first === undefined || last === undefined) return false;
  // Without a port number, or with 0, the engine picks one of its ephemeral ports; of a range, any of the range.
  return first === last && Number(first) === 0 ? true : Number(first) >= 1024 && Number(last) >= Number(first);
}

/** `0.0.0.0:8080/tcp`, `[::]:8000-8010/udp`, `0.0.0.0:/tcp`. */
const PORT = /^(.*):(\d{0,5})(?:-(\d{1,5}))?(?:\/[a-z]+)?$/u;

// A path with `..` would match by its prefix and mean another folder.
function matchesPath(path: string, patterns: readonly string[]): boolean {
  if (!path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '.')) return false;
  const plain = path.length > 1 ? path.replace(/(?<!\/)\/+$/u, '') : path;
  return patterns.some((pattern) => matchesPattern(pattern, plain));
}
