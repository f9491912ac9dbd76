import { EngineError } from './engine.ts';

const HEX_ID = /^[0-9a-f]{64}$/u;
const IMAGE_ID = /^sha256:[0-9a-f]{64}$/u;
const VOLUME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/u;
const CACHE = /^[a-z0-9][a-z0-9:-]{5,120}$/u;

type Kind = 'container' | 'network' | 'image' | 'volume' | 'cache';
const RULES: Record<Kind, RegExp> = {
  container: HEX_ID,
  network: HEX_ID,
  image: IMAGE_ID,
  volume: VOLUME,
  cache: CACHE,
};

/**
 * The last gate before a name becomes part of an engine path. The client library joins paths from raw text, and the
 * engine answers `..` and `//` with redirects that would be followed elsewhere; so nothing but ids passes.
 */
export function pathId(kind: Kind, id: string): string {
  if (RULES[kind].test(id) && !id.includes('..')) return encodeURIComponent(id);
  throw new EngineError('refused', `Not the id of a ${kind}.`);
}
