import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import type { EngineError, EngineFault } from './engine-error.ts';

interface Where {
  readonly host: string;
  /** The image that was asked for, when the call was about one. */
  readonly reference?: string;
}

type Words = readonly [summary: string, tryThis: Phrase];

/** A fault in a sentence, and one thing to check. Engine's own words are shown beside it, not repeated. */
export function explain(error: EngineError, where: Where): { readonly summary: string; readonly tryThis: Phrase } {
  const [summary, tryThis] = TEXTS[error.fault](where, error);
  return { summary, tryThis };
}

const image = ({ reference }: Where) => reference ?? 'the image';
const registry = ({ reference }: Where) => reference?.split('/')[0] ?? 'the registry';

const sentence = (text: string) => (text.startsWith('the ') ? `T${text.slice(1)}` : text);

const TEXTS: Record<EngineFault, (where: Where, error: EngineError) => Words> = {
  unreachable: ({ host }, { engineSaid }) => [
    'Did not answer.',
    /EACCES/u.test(engineSaid)
      ? `Fairlead may not open the engine's socket: its user needs the socket's group.`
      : `Is the engine on ${host} up, and its address in the config right? On the host: systemctl status docker`,
  ],
  // With a status the engine did answer: it was a registry that let it wait.
  timeout: (where, { status }) =>
    status === undefined
      ? [
          'Did not answer in time.',
          `The engine on ${where.host} may be overloaded or the network slow; try again, then look at its load.`,
        ]
      : [
          `${sentence(registry(where))} did not answer the engine in time.`,
          `Check the network from ${where.host} to ${registry(where)}, and any proxy or firewall between them.`,
        ],
  tls: () => [
    'The TLS connection was refused.',
    'Check ca, cert and key of this host in the config, and that the certificate names its address.',
  ],
  ssh: () => [
    'The SSH connection was refused.',
    'Check the pinned key in knownHosts, the user, and the key or agent Fairlead uses.',
  ],
  api_version: () => [
    'Its API version is not one Fairlead speaks.',
    'Fairlead needs an engine with API 1.41 (Docker 20.10) or newer.',
  ],
  not_found: () => ['It is not there (any more).', 'List again: somebody may have removed it.'],
  conflict: () => [
    'The engine said no because of the state it is in.',
    phrase`Look with ${commandLine('ps -a')}, then try again.`,
  ],
  in_use: () => ['It is in use.', 'Stop and remove what uses it first.'],
  busy: (_, { status }) => [
    status === undefined ? 'Too much is waiting for this host already.' : 'The engine is already doing that.',
    'Try again in a minute.',
  ],
  no_space: ({ host }) => [
    'The disk of the host is full.',
    phrase`Make room with ${commandLine(`prune images --on ${host}`)}.`,
  ],
  rate_limited: (where) => [
    `${sentence(registry(where))} limits how often it may be pulled from, and the limit is reached.`,
    'Wait, or give Fairlead an account for it under registries in the config.',
  ],
  auth_missing: (where) => [
    `${sentence(registry(where))} wants an account, and Fairlead has none for it.`,
    `Add ${registry(where)} under registries in the config.`,
  ],
  auth_bad: (where) => [
    `${sentence(registry(where))} refused Fairlead's account.`,
    `Check username and password of ${registry(where)} under registries in the config.`,
  ],
  auth_forbidden: (where) => [
    `Fairlead's account may not pull ${image(where)}.`,
    'Give the robot account pull rights on that project, and check the spelling of the project.',
  ],
  auth_or_missing: (where) => [
    `There is no ${image(where)}, or it is private.`,
    'Check the spelling; a private image needs an account under registries in the config.',
  ],
  tag_not_found: (where) => [`There is no ${image(where)}.`, 'Check the spelling of the repository and the tag.'],
  repository_not_found: (where) => [
    `${sentence(registry(where))} has no such repository.`,
    'Check the spelling of the repository.',
  ],
  digest_not_found: () => [
    'The registry does not have that digest (any more).',
    'It may have been overwritten and cleaned up; pull by tag to see what there is now.',
  ],
  dns: (where) => [
    `The host cannot find the address of ${registry(where)}.`,
    `Check the spelling of ${registry(where)}, and the host's DNS.`,
  ],
  connection_refused: (where) => [
    `${sentence(registry(where))} does not take connections from that host.`,
    'Check the address and port, and the firewall between them.',
  ],
  insecure_registry: (where) => [
    `${sentence(registry(where))} speaks plain HTTP, and the engine insists on HTTPS.`,
    `Give the registry TLS, or add ${registry(where)} to insecure-registries in the host's daemon.json.`,
  ],
  tls_unknown_ca: (where) => [
    `The host does not trust the certificate of ${registry(where)}.`,
    `Put its CA on the host as /etc/docker/certs.d/${registry(where)}/ca.crt`,
  ],
  tls_name: (where) => [
    `The certificate of ${registry(where)} is not valid for that address.`,
    'Use the name in the certificate, or have it issued anew with this one.',
  ],
  registry_policy: () => [
    'The registry forbids pulling that image by its own policy.',
    "See the registry's scan or signature rules for that project.",
  ],
  registry_down: (where) => [
    `${sentence(registry(where))} has a fault of its own.`,
    'Try again in a minute; then ask whoever runs it.',
  ],
  not_a_registry: (where) => [
    `What answers at ${registry(where)} is not a registry.`,
    'Check port and path: a web page answered. With Nexus, each Docker repository has a port of its own.',
  ],
  platform: (where) => [
    `${sentence(image(where))} is not built for that platform.`,
    'Leave out --platform, or choose one the image has.',
  ],
  bad_reference: () => [
    'The engine does not take that as an image name.',
    'Names are lower case: registry/repository:tag',
  ],
  logs_unreadable: () => [
    "The container's log driver cannot be read back.",
    'Look where that driver sends the log, or use json-file or local.',
  ],
  protocol: () => [
    'Answered with something that is not an engine’s answer.',
    'Is there a proxy in between, or another service at that address?',
  ],
  too_large: ({ host }, { engineSaid }) => [
    `Gave an answer that is too large to be read: ${engineSaid}.`,
    `Look on ${host} for what has so many or so large entries, such as labels: docker ps -a --no-trunc`,
  ],
  refused: () => ['The engine refused.', 'Its own words say why.'],
  aborted: () => ['Was stopped before it was done.', 'Ask again.'],
};
