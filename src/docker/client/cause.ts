import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import type { EngineError, EngineFault } from './engine-error.ts';

interface Where {
  readonly host: string;
  /** The image of a call about an image. */
  readonly reference?: string;
}

type Explanation = readonly [summary: string, tryThis: Phrase];

/** Explains a fault in one sentence, with one thing to try. The engine's own message is shown beside it, so it is not repeated. */
export function explain(error: EngineError, where: Where): { readonly summary: string; readonly tryThis: Phrase } {
  const [summary, tryThis] = TEXTS[error.fault](where, error);
  return { summary, tryThis };
}

const image = ({ reference }: Where) => reference ?? 'the image';
const registry = ({ reference }: Where) => reference?.split('/')[0] ?? 'the registry';

const sentence = (text: string) => (text.startsWith('the ') ? `T${text.slice(1)}` : text);

type NextStep = (host: string) => string;

const CHECK_ENGINE: NextStep = (host) =>
  `Check that the engine on ${host} is running, and its address in the config. On the host: systemctl status docker`;
const CHECK_NAME: NextStep = (host) =>
  `Check the name in the address of ${host} in the config, and DNS where Fairlead runs.`;
const CHECK_DNS: NextStep = (host) =>
  `Check DNS where Fairlead runs, and the name in the address of ${host} in the config.`;
const CHECK_NETWORK: NextStep = (host) =>
  `Check that ${host} is up, its address in the config, and the network and firewalls between Fairlead and ${host}.`;
const ADD_TO_GROUP: NextStep = () =>
  "Fairlead has no permission on the engine's socket: add its user to the group of the socket.";

const NO_CONNECTION: Readonly<Record<string, readonly [cause: string, nextStep: NextStep]>> = {
  ECONNREFUSED: ['connection refused', CHECK_ENGINE],
  EACCES: ['permission denied', ADD_TO_GROUP],
  EPERM: ['permission denied', CHECK_ENGINE],
  ENOENT: ['its socket does not exist', CHECK_ENGINE],
  ENOTFOUND: ['its name cannot be resolved', CHECK_NAME],
  EAI_AGAIN: ['DNS did not answer for its name', CHECK_DNS],
  EHOSTUNREACH: ['no route to the host', CHECK_NETWORK],
  ENETUNREACH: ['no route to the host', CHECK_NETWORK],
  ETIMEDOUT: ['the connection timed out', CHECK_NETWORK],
  EPIPE: ['the connection was closed', CHECK_ENGINE],
};

/** Without the address, so that many hosts with one cause read alike; the error's own message has it. */
function notReachable({ host }: Where, { engineSaid }: EngineError): Explanation {
  const code = /\bE[A-Z_]{3,15}\b/u.exec(engineSaid)?.[0] ?? '';
  const known = Object.hasOwn(NO_CONNECTION, code) ? NO_CONNECTION[code] : undefined;
  if (known === undefined) return ['Not reachable.', CHECK_ENGINE(host)];
  const [cause, nextStep] = known;
  return [`Not reachable: ${cause}.`, nextStep(host)];
}

const TEXTS: Record<EngineFault, (where: Where, error: EngineError) => Explanation> = {
  unreachable: notReachable,
  // With a status the engine responded, and a registry timed out; without one the words are Fairlead's, and name the limit.
  timeout: (where, { status, engineSaid }) =>
    status === undefined
      ? [
          engineSaid,
          `The engine on ${where.host} may be overloaded, or the network slow. Try again, then check the load of the host.`,
        ]
      : [
          `${sentence(registry(where))} did not respond to the engine in time.`,
          `Check the network from ${where.host} to ${registry(where)}, and any proxy or firewall between them.`,
        ],
  stalled: (where, { engineSaid }) => [
    engineSaid,
    `Check that ${registry(where)} responds, and the network from ${where.host} to it. If other commands on ${where.host} hang too, check its engine.`,
  ],
  tls: () => [
    'TLS connection failed.',
    'Check ca, cert and key of this host in the config, and that the certificate names its address.',
  ],
  ssh: () => [
    'SSH connection failed.',
    'Check the pinned key in knownHosts, the user, and the key or agent Fairlead uses.',
  ],
  api_version: () => ['API version not supported.', 'Fairlead needs Docker 20.10 (API 1.41) or newer.'],
  not_found: () => ['Not found.', 'List again: someone may have removed it.'],
  conflict: () => [
    'Refused: the container, image, volume or network is in a state that does not allow this.',
    phrase`Check the state with ${commandLine('ps -a')}, then try again.`,
  ],
  in_use: () => ['Still in use.', 'Stop and remove the containers that use it first.'],
  busy: (_, { status }) => [
    status === undefined ? 'Too many calls are waiting for this host.' : 'The engine is already doing this.',
    'Try again in a minute.',
  ],
  no_space: ({ host }) => [
    'The disk of the host is full.',
    phrase`Free disk space with ${commandLine(`prune images --on ${host}`)}.`,
  ],
  rate_limited: (where) => [
    `${sentence(registry(where))} limits pulls, and the limit is reached.`,
    'Wait, or add an account for the registry under registries in the config.',
  ],
  auth_missing: (where) => [
    `${sentence(registry(where))} requires an account, and the config has none.`,
    `Add ${registry(where)} under registries in the config.`,
  ],
  auth_bad: (where) => [
    `${sentence(registry(where))} rejected Fairlead's account.`,
    `Check username and password of ${registry(where)} under registries in the config, and that the account may pull this repository.`,
  ],
  auth_forbidden: (where) => [
    `Fairlead's account has no permission to pull ${image(where)}.`,
    'Give the account pull permission on the project, and check the spelling of the project.',
  ],
  auth_or_missing: (where) => [
    `${sentence(image(where))} does not exist, or is private.`,
    'Check the spelling. A private image needs an account under registries in the config.',
  ],
  tag_not_found: (where) => [
    `${sentence(image(where))} does not exist.`,
    'Check the spelling of the repository and the tag.',
  ],
  repository_not_found: (where) => [
    `${sentence(registry(where))} has no such repository.`,
    'Check the spelling of the repository.',
  ],
  digest_not_found: () => [
    'The registry does not have this digest (anymore).',
    'The tag may have been overwritten and cleaned up. Pull by tag to get the current image.',
  ],
  dns: (where) => [
    `The host cannot resolve ${registry(where)}.`,
    `Check the spelling of ${registry(where)}, and the DNS settings of the host.`,
  ],
  connection_refused: (where) => [
    `${sentence(registry(where))} refused the connection from the host.`,
    'Check the address and port of the registry, and the firewall between them.',
  ],
  proxy: (where) => [
    `The proxy of ${where.host} did not let it reach ${registry(where)}.`,
    `Check HTTPS_PROXY of the engine on ${where.host}; if ${registry(where)} is in the same network, add it to NO_PROXY: systemctl show docker -p Environment`,
  ],
  insecure_registry: (where) => [
    `${sentence(registry(where))} serves plain HTTP, and the engine requires HTTPS.`,
    `Give the registry TLS. Otherwise, on ${where.host}, put \`"insecure-registries": ["${registry(where)}"]\` into /etc/docker/daemon.json, then run: systemctl reload docker`,
  ],
  tls_unknown_ca: (where) => [
    `The host does not trust the certificate of ${registry(where)}.`,
    `Put its CA on ${where.host} as /etc/docker/certs.d/${registry(where)}/ca.crt; the engine reads it with the next pull.`,
  ],
  tls_name: (where) => [
    `The certificate of ${registry(where)} is not valid for this address.`,
    'Use the name in the certificate, or reissue the certificate for this address.',
  ],
  registry_policy: () => [
    'A policy of the registry forbids pulling this image.',
    'Check the scan and signature rules of the project in the registry.',
  ],
  tag_immutable: (where) => [
    `${sentence(registry(where))} does not let this tag be overwritten: a rule makes it immutable.`,
    'Choose a new version, or have the rule changed by the people who run the registry.',
  ],
  quota_exceeded: (where) => [
    `${sentence(registry(where))} is out of room for this project: its quota is used up.`,
    'Delete old tags there and let the registry clean up, or have the quota raised.',
  ],
  upload_too_large: (where) => [
    `${sentence(registry(where))}, or a proxy before it, refused a layer as too large.`,
    'Have the limit of the proxy raised (client_max_body_size in nginx), or make the image smaller.',
  ],
  registry_down: (where) => [
    `${sentence(registry(where))} has an internal error.`,
    'Try again in a minute, then ask the people who run the registry.',
  ],
  not_a_registry: (where) => [
    `${sentence(registry(where))} is not a registry: a web page answered.`,
    'Check port and path. In Nexus, each Docker repository has its own port.',
  ],
  platform: (where) => [
    `${sentence(image(where))} is not built for this platform.`,
    'Leave out --platform, or choose one the image has.',
  ],
  bad_reference: () => ['Not a valid image name.', 'Image names are lower case: registry/repository:tag'],
  logs_unreadable: () => [
    "The container's log driver does not support reading.",
    'Look where the driver sends the log, or switch to json-file or local.',
  ],
  protocol: () => [
    'The answer did not come from a Docker engine.',
    'Check for a proxy in between, or another service at this address.',
  ],
  too_large: ({ host }, { engineSaid }) => [
    `The answer is too large: ${engineSaid}.`,
    `Find what has too many or too large entries on ${host}, such as labels: docker ps -a --no-trunc`,
  ],
  refused: () => ['The engine refused the request.', "See the engine's message."],
  aborted: () => ['Stopped before it was done.', 'Try again.'],
};
