import { sayDuration } from '../domain/duration.ts';
import { type Choice, code, type Reason, UserError } from '../domain/errors.ts';
import { familiar, type ImageReference } from '../domain/reference.ts';
import { cut } from '../text/cut.ts';
import { faultOfCode, RegistryError, type RegistryFault } from './errors.ts';
import { kindByName } from './kind-by-name.ts';

type Explanation = readonly [summary: string, tryThis: string];

/** Explains a failure in one sentence, with one thing to try. The registry's own words are shown beside it, so they are not repeated. */
export function explainRegistry(error: RegistryError): { readonly summary: string; readonly tryThis: string } {
  const [summary, tryThis] = TEXTS[error.fault](error);
  return { summary, tryThis };
}

/** The same as an error for the person, about an image; `redact` hides what the registry's words may hold. */
export function registryUserError(
  error: RegistryError,
  image: ImageReference,
  redact: (text: string) => string,
): UserError {
  const { summary, tryThis } = explainRegistry(error);
  const { mirror } = error;
  const before =
    mirror === undefined ? '' : ` Its mirror ${mirror.name} was asked first, without success: ${mirror.why}.`;
  const said = error.said === '' ? '' : ` It says: ${redact(error.said)}`;
  const reason = REASONS[error.fault] ?? 'registry_refused';
  const what = `${code(familiar(image))} could not be read: ${summary}${before}${said}`;
  return new UserError(reason, what, tryThis, { cause: error, choices: otherTags(reason, image) });
}

/** Of a tag that is not there, a button for those there are. */
function otherTags(reason: Reason, { registry, path, tag }: ImageReference): readonly Choice[] {
  if (reason !== 'not_found' || tag === undefined) return [];
  const repository = familiar({ registry, path, tag: undefined, digest: undefined });
  return [{ label: `Tags of ${cut(repository, 60)}`, line: `tags ${repository}` }];
}

const REASONS: Partial<Record<RegistryFault, 'not_found' | 'timeout' | 'unreachable'>> = {
  not_found: 'not_found',
  timeout: 'timeout',
  unreachable: 'unreachable',
  tls: 'unreachable',
  address_refused: 'unreachable',
};

const CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'DNS does not answer for its name',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
};

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is not valid for this address',
  CA_UNREADABLE: 'the file of its CA cannot be read',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks plain http',
  EPROTO: 'it speaks plain http',
};

const STRANGER = 'its certificate is signed by a CA that Fairlead does not know';

function certificate({ code = '' }: RegistryError): string {
  return CERTIFICATE[code] ?? (/SELF_SIGNED|UNABLE_TO_/u.test(code) ? STRANGER : `TLS failed (${code.slice(0, 40)})`);
}

const inTime = ({ retryAfterMs }: RegistryError) =>
  retryAfterMs === undefined
    ? 'Try again in a few minutes'
    : `Try again in ${sayDuration(Math.max(1000, retryAfterMs))}`;

const TEXTS: Record<RegistryFault, (error: RegistryError) => Explanation> = {
  unauthorized: ({ registry, said }) => [
    /unauthorized to access repository/u.test(said)
      ? `${registry} does not permit this to Fairlead's account, or has no such repository.`
      : `${registry} did not accept Fairlead's account, or requires one and the config has none.`,
    `Check the spelling, and the account under registries.${registry}: ${kindByName(registry) === 'ecr' ? 'a token of ECR ends after 12 hours' : 'a robot may be disabled, expired, or not in the project'}.`,
  ],
  denied: ({ registry }) => [
    `${registry} does not permit this to Fairlead's account.`,
    'Check the spelling of the project, and give the account permission there.',
  ],
  not_found: ({ registry }) => [`${registry} has no such repository or tag.`, 'Check the spelling.'],
  rate_limited: (error) => [
    `${error.registry} limits requests, and the limit is reached.`,
    `${inTime(error)}, or give Fairlead an account under registries.${error.registry}.`,
  ],
  immutable: ({ registry }) => [
    `${registry} does not let this tag be overwritten: a rule makes it immutable.`,
    'Push the next version under a new tag.',
  ],
  quota: ({ registry }) => [
    `${registry} refused: the storage quota is used up.`,
    'Delete old versions there or raise the quota, then try again.',
  ],
  not_scanned: ({ registry }) => [
    `${registry} does not give out this image until it has been scanned.`,
    'Start a scan of it in the registry, then try again.',
  ],
  scanning: ({ registry }) => [`${registry} is scanning this image right now.`, 'Try again when the scan is done.'],
  vulnerable: ({ registry }) => [
    `${registry} does not give out this image: it has vulnerabilities that its policy forbids.`,
    'Build it on a fixed base, or have the vulnerability allowed in the project.',
  ],
  not_signed: ({ registry }) => [
    `${registry} does not give out this image: it is not signed.`,
    'Sign it, then try again.',
  ],
  unsupported: ({ registry }) => [`${registry} does not support this.`, 'Its administrator may have switched it off.'],
  refused: ({ registry, status }) => [`${registry} refused the request (HTTP ${status}).`, 'See its message.'],
  unavailable: (error) => [
    `${error.registry} has an internal error (HTTP ${error.status}).`,
    `${inTime(error)}, then ask the people who run the registry.`,
  ],
  not_a_registry: ({ registry }) => [
    `${registry} is not a registry: a web page answered.`,
    'Check port and path. In Nexus, each Docker repository may have its own port.',
  ],
  invalid_answer: ({ registry }) => [
    `${registry} gave an answer that cannot be used.`,
    'Check for a proxy in between, or another service at this address.',
  ],
  realm_refused: ({ registry }) => [
    `${registry} wants the account sent to a server that the config does not name for it.`,
    `If that is its token server, add it as tokenServer under registries.${registry}.`,
  ],
  address_refused: ({ registry }) => [
    `${registry} leads to a private address that the config does not name.`,
    'Name the registry, or the place where it keeps its content, under registries in the config.',
  ],
  unreachable: ({ registry, code = '' }) => [
    `${registry} is not reachable from Fairlead: ${CONNECTION[code] ?? `no connection${code === '' ? '' : ` (${code.slice(0, 40)})`}`}.`,
    'Check its address, DNS, and any firewall in between.',
  ],
  tls: (error) => [
    `${error.registry}: ${certificate(error)}.`,
    `For a private CA, name its file as ca under registries.${error.registry}.`,
  ],
  timeout: ({ registry }) => [`${registry} did not respond in time.`, 'Try again; then check the network to it.'],
};

/** The same of a connection that was not made, by the code of a `Ping`. */
export function explainPing(registry: string, code: string): { readonly summary: string; readonly tryThis: string } {
  return explainRegistry(new RegistryError(registry, faultOfCode(code), { code }));
}
