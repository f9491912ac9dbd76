import { code } from '../../domain/errors.ts';
import { HOST_NAME } from '../../domain/selector.ts';
import { looksLikeVersion } from '../../domain/typed-version.ts';
import type { CommandSpec } from './define.ts';
import { word as newWord, type Repair } from './mistake.ts';
import type { Part } from './quote-run.ts';

/** A host that was typed as a part of another word, with the words it was meant as. */
interface HostApart {
  readonly text: string;
  readonly repair: Repair;
}

/** `shop@web-1` and `web-1/shop`: a name and its host in one word, as `scp` and web pages write them; undefined for others. */
export function hostApart({ onHosts }: CommandSpec, { word, from }: Part): HostApart | undefined {
  if (!onHosts || word.quoted) return undefined;
  const value = word.text.slice(from);
  const at = value.lastIndexOf('@');
  const slash = value.indexOf('/');
  if (at > 0) return apart({ word, from }, value.slice(0, at), value.slice(at + 1));
  // `devops/shop` is an image: there the part before the slash is no host.
  return slash > 0 && isLikeHost(value.slice(0, slash))
    ? apart({ word, from }, value.slice(slash + 1), value.slice(0, slash))
    : undefined;
}

function apart({ word, from }: Part, value: string, typedHost: string): HostApart | undefined {
  const host = typedHost.toLowerCase();
  if (value === '' || value.includes('/') || !HOST_NAME.test(host)) return undefined;
  const words = [newWord(word.text.slice(0, from) + value), newWord(`@${host}`)];
  return { text: `A host is a word of its own, not a part of ${code(word.text)}.`, repair: new Map([[word, words]]) };
}

/** A word of a sentence, and most organizations of a registry, have neither; a version or a duration begins with a digit. */
export function isLikeHost(text: string): boolean {
  return HOST_NAME.test(text) && /[-\d]/u.test(text) && !looksLikeVersion(text);
}
