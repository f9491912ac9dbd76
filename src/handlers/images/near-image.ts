import { nearest } from '../../domain/nearest.ts';
import { matchesReference } from '../match.ts';

/**
 * The image that was meant by one that no image of a host matches: another tag of that repository, or the nearest
 * repository; as short as it was typed. `names` are `repository:tag`, the newest first. Undefined for a pattern.
 */
export function nearImage(typed: string, names: readonly string[]): string | undefined {
  if (/[*@]/u.test(typed)) return undefined;
  const [repository, tag] = splitTag(typed);
  const tags = names.flatMap((name) => (matchesReference(repository, name) ? (splitTag(name)[1] ?? []) : []));
  if (tags.length > 0 && tag !== undefined) {
    const near = tags.find((one) => one.startsWith(tag)) ?? nearest(tag, tags);
    return `${repository.toLowerCase()}${near === undefined ? '' : `:${near}`}`;
  }
  const short = new Set(names.map((name) => lastPart(splitTag(name)[0])));
  short.delete(repository);
  return nearest(lastPart(repository), short);
}

function splitTag(name: string): [repository: string, tag: string | undefined] {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)];
}

const lastPart = (repository: string) => repository.slice(repository.lastIndexOf('/') + 1);
