import { code, UserError } from './errors.ts';

/**
 * An image reference, parsed and normalized the way the engine does it. The grammar is that of the Distribution
 * project's `reference` package; it is also the guard that keeps typed text out of engine paths.
 */
export interface ImageReference {
  /** `docker.io`, `harbor.example.com`, `localhost:5000`. */
  readonly registry: string;
  /** `library/nginx`, `devops/shop`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string | undefined;
}

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/u;
const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$/u;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u;
const DIGEST = /^sha256:[0-9a-f]{64}$/u;

/** Parses what a person typed; throws a `UserError` that names the part at fault. */
export function parseReference(typed: string): ImageReference {
  const refuse = (why: string) => new UserError('bad_input', `${code(typed)} is not an image reference: ${why}.`);
  if (typed.length > 600) throw refuse('it is too long');
  if (/^[a-f0-9]{64}$/u.test(typed)) throw refuse('64 hex digits are an image id, not a name');
  if (/^https?:\/\//iu.test(typed)) throw refuse('it has no `https://` before it');
  const at = typed.indexOf('@');
  const digest = at < 0 ? undefined : typed.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest)) throw refuse('a digest is `sha256:` and 64 hex digits');
  const named = at < 0 ? typed : typed.slice(0, at);
  const slash = named.lastIndexOf('/');
  const colon = named.lastIndexOf(':');
  const tag = colon > slash ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) throw refuse('a tag has letters, digits, `_`, `.` and `-`, at most 128');
  const { registry, path } = splitRegistry(tag === undefined ? named : named.slice(0, colon));
  if (!DOMAIN.test(registry)) throw refuse(`${code(registry)} is not a registry address`);
  if (path !== path.toLowerCase()) throw refuse('a repository name is lower case');
  if (path === '' || path.length > 255) throw refuse('the repository name is missing or longer than 255 characters');
  if (!path.split('/').every((part) => COMPONENT.test(part))) throw refuse(`${code(path)} is not a repository name`);
  return { registry, path, tag, digest };
}

// The first part is a registry only if it could not be a Docker Hub name: that is the engine's rule too.
function splitRegistry(name: string): { registry: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isRegistry = slash >= 0 && (first === 'localhost' || /[.:A-Z]/u.test(first));
  if (!isRegistry) return { registry: 'docker.io', path: name.includes('/') ? name : `library/${name}` };
  const rest = name.slice(slash + 1);
  if (first !== 'docker.io' && first !== 'index.docker.io') return { registry: first, path: rest };
  return { registry: 'docker.io', path: rest.includes('/') ? rest : `library/${rest}` };
}

/** The whole reference: `docker.io/library/nginx:1.27`. */
export function canonical(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.path}${tag}${digest}`;
}

/** Without its tag and digest: `docker.io/library/nginx`. */
export function repositoryOf({ registry, path }: Pick<ImageReference, 'registry' | 'path'>): string {
  return `${registry}/${path}`;
}

/** As docker shows it: `nginx:1.27`, `harbor.example.com/devops/shop:1.0`. */
export function familiar(reference: ImageReference): string {
  const whole = canonical(reference);
  if (whole.startsWith('docker.io/library/')) return whole.slice('docker.io/library/'.length);
  return whole.startsWith('docker.io/') ? whole.slice('docker.io/'.length) : whole;
}
