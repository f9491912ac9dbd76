import { EngineError } from './engine-error.ts';

type Kind = 'container' | 'network' | 'service' | 'image' | 'volume' | 'cache' | 'exec';

const RULES: Readonly<Record<Kind, RegExp>> = {
  container: /^[0-9a-f]{64}$/u,
  exec: /^[0-9a-f]{64}$/u,
  // Ids of a swarm's networks are 25 letters and digits.
  network: /^(?:[0-9a-f]{64}|[0-9a-z]{25})$/u,
  service: /^[0-9a-z]{25}$/u,
  image: /^sha256:[0-9a-f]{64}$/u,
  volume: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/u,
  cache: /^[a-z0-9][a-z0-9:-]{5,120}$/u,
};

const HOST = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/u;
const PART = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/u;
const TAG = /^\w[\w.-]{0,127}$/u;
const DIGEST = /^sha256:[0-9a-f]{64}$/u;

/**
 * Validates an id before it becomes part of an engine path. The client library joins paths from raw text, and an engine
 * answers `..` and `//` with redirects.
 */
export function pathId(kind: Kind, id: string): string {
  if (RULES[kind].test(id)) return encodeURIComponent(id);
  throw new EngineError('refused', `Not the id of a ${kind}.`);
}

/** Path of an image, by its id or one of its tags. */
export function imagePath(idOrTag: string): string {
  return RULES.image.test(idOrTag) ? encodeURIComponent(idOrTag) : referencePath(parseReference(idOrTag, 'refused'));
}

export interface Reference {
  /** Registry and repository. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Parses a reference with a tag or a digest. Without either a pull would fetch every tag of the repository. */
export function parseReference(text: string, fault: 'bad_reference' | 'refused' = 'bad_reference'): Reference {
  const [tagged = '', digest, ...more] = text.split('@');
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  const tag = hasTag ? tagged.slice(colon + 1) : undefined;
  const [first = '', ...rest] = name.split('/');
  const parts = rest.length > 0 && HOST.test(first) && !first.includes('..') ? rest : [first, ...rest];
  const isName = name.length <= 384 && parts.every((part) => PART.test(part));
  const isWhole = (tag ?? digest) !== undefined && more.length === 0;
  if (isName && isWhole && (tag === undefined || TAG.test(tag)) && (digest === undefined || DIGEST.test(digest)))
    return { name, tag, digest };
  throw new EngineError(fault, 'Not an image reference with a tag or a digest.');
}

/** Path of a reference. Slashes stay, since engines match the rest of the path as one name. */
export function referencePath({ name, tag, digest }: Reference): string {
  return namePath(digest === undefined ? `${name}:${tag}` : `${name}@${digest}`);
}

/** Path of the name of a parsed reference, for calls that take the tag as a parameter. */
export function namePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
