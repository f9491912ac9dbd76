import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import { type Choice, code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { commandLine, joinPhrases, type Phrase, phrase } from '../../domain/phrase.ts';
import type { HostFailure } from '../request.ts';
import { pickContainer } from './pick-container.ts';

/**
 * The container a person means on one host (`pickContainer`). Typed text is only compared here; what goes to the engine
 * afterwards is the full id. Undefined when this host has none; throws a `UserError` for the beginning of several ids.
 */
export async function findContainer(
  engine: Engine,
  typed: string,
  signal: AbortSignal,
): Promise<{ found: Container | undefined; names: readonly string[] }> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const { found } = pickContainer(containers, typed);
  if (found.length > 1) throw severalIds(typed, found);
  return { found: found[0], names: containers.flatMap((container) => container.names) };
}

export function severalIds(typed: string, found: readonly Container[], choices: readonly Choice[] = []): UserError {
  const ids = found.slice(0, 5).map((item) => `\`${item.id.slice(0, 12)}\` ${item.names[0] ?? ''}`);
  const more = found.length > ids.length ? ` and ${found.length - ids.length} more` : '';
  const text = `${code(typed)} is the beginning of ${found.length} container ids.`;
  return new UserError('ambiguous', text, `${ids.join(', ')}${more}`, { choices });
}

/** Where containers were looked for. */
export interface Looked {
  readonly hosts: readonly string[];
  /** Of the containers there. */
  readonly names: readonly string[];
  readonly failures: readonly HostFailure[];
}

/** The refusal of names that no host has, with the nearest names there are. */
export function noContainers(
  missing: readonly string[],
  { hosts, names, failures }: Looked,
  choices: readonly Choice[] = [],
): UserError {
  const what = missing.length === 1 ? 'is no container' : 'are no containers';
  const text = `There ${what} ${inWords(missing.map(code))} on ${inWords(hosts)}.${silent(failures)}`;
  return new UserError('not_found', text, tipFor(missing, names), { choices });
}

/** The name that was meant, of those there are. `shop` is said for `demo-shop-1` too. */
export function nearName(typed: string, names: readonly string[]): string | undefined {
  return nearest(typed, names) ?? names.find((name) => typed.length > 1 && name.includes(typed.toLowerCase()));
}

function tipFor(missing: readonly string[], names: readonly string[]): Phrase {
  const near = missing.map((typed) => ({ typed, name: nearName(typed, names) }));
  const known = near.flatMap(({ typed, name }) => {
    if (name === undefined) return [];
    return missing.length === 1 ? [`\`${name}\``] : [`\`${name}\` for ${code(typed)}`];
  });
  const tips = known.length === 0 ? [] : [`Did you mean ${inWords(known)}?`];
  return joinPhrases([...tips, ...(known.length < missing.length ? [phrase`See ${commandLine('ps -a')}.`] : [])]);
}

export function silent(failures: readonly HostFailure[]): string {
  return failures.length === 0 ? '' : ` Not known: ${inWords(failures.map(({ host }) => host))} did not answer.`;
}

/**
 * Does what follows once something was found among the hosts that answered: a refusal then names the others, which may have
 * it too.
 */
export async function namingSilent<T>(failures: readonly HostFailure[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || failures.length === 0) throw error;
    const { reason, hint, choices, field, instead, cause } = error;
    const options = { choices, field, cause, ...(instead === undefined ? {} : { instead }) };
    throw new UserError(reason, phrase`${error.phrase}${silent(failures)}`, hint, options);
  }
}

/** The hosts that did not say whether they have it too. */
export const unseenOn = (failures: readonly HostFailure[]): readonly string[] => failures.map(({ host }) => host);

/** Names in a sentence. A fleet's would bury it. */
export function inWords(hosts: readonly string[]): string {
  if (hosts.length > 6) return `${hosts.slice(0, 5).join(', ')} and ${hosts.length - 5} more`;
  return [hosts.slice(0, -1).join(', '), ...hosts.slice(-1)].filter((part) => part !== '').join(' and ');
}
