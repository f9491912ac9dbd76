import { fetch } from 'undici';
import type { Config } from '../config.ts';
import { code, messageOf, UserError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { readBytes, TooLarge } from '../paced/json.ts';
import { AddressRefused, authorityOf, createAgent } from '../registry/addresses.ts';
import { cut, cutBetweenWords } from '../text/cut.ts';
import { requestFor, type SourcePlace } from './address.ts';

/** Reads files of the repositories that the config names, and of no others. */
export interface Sources {
  /** A file of at most `most` bytes. Throws a `UserError` that names the source, the cause and what to do. */
  read(
    name: string,
    place: SourcePlace,
    limits: { readonly most: number; readonly signal: AbortSignal },
  ): Promise<Buffer>;
}

/** From the call to its last byte. */
const READ_MS = 10_000;

/** Redirects are not followed: a repository that moved is named anew in the config. */
export function createSources(config: Pick<Config, 'sources'>): Sources {
  const named = [...config.sources.values()].map(({ url }) => authorityOf(new URL(url.replaceAll(/[{}]/gu, ''))));
  const dispatcher = createAgent({ allowed: new Set(named), onOpen() {} });
  return {
    async read(name, place, { most, signal }) {
      const source = config.sources.get(name);
      if (!source) throw unknown(name, [...config.sources.keys()]);
      const where = `${code(place.path)} of ${name}`;
      const { url, headers } = requestFor(source, place);
      const both = AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]);
      try {
        const response = await fetch(url, { headers, redirect: 'manual', signal: both, dispatcher });
        if (response.status === 200 && response.body) return await readBytes(response.body, most);
        await response.body?.cancel();
        throw refused(response.status, { where, name, hasToken: source.token !== undefined });
      } catch (error) {
        throw error instanceof UserError ? error : failed(error, where, most);
      }
    },
  };
}

function unknown(name: string, known: readonly string[]): UserError {
  const near = nearest(name, known);
  const hint =
    known.length === 0
      ? 'The config names no sources; somebody who runs Fairlead adds them under `sources`.'
      : near === undefined
        ? `There are ${cut(known.join(', '), 300)}.`
        : `Did you mean ${code(near)}?`;
  return new UserError('not_found', `There is no source ${code(name)}.`, hint, { field: 'source' });
}

interface Asked {
  readonly where: string;
  readonly name: string;
  readonly hasToken: boolean;
}

function refused(status: number, { where, name, hasToken }: Asked): UserError {
  if (status === 404) {
    const hidden = hasToken
      ? 'Check the path and --ref.'
      : 'Check the path and --ref; a private repository also needs a token.';
    return new UserError('not_found', `Reading ${where} failed: the server has no such file.`, hidden, {
      field: 'path',
    });
  }
  if (status === 401 || status === 403)
    return new UserError(
      'not_permitted',
      `Reading ${where} failed: the server refused ${hasToken ? 'the token' : 'access without a token'} (${status}).`,
      `Set \`token\` of the source ${code(name)} to one that may read the repository.`,
    );
  if (status >= 300 && status < 400)
    return new UserError(
      'unreachable',
      `Reading ${where} failed: the server sends elsewhere (${status}), and that is not followed.`,
      `Give the source ${code(name)} its present address in the config.`,
    );
  if (status === 429)
    return new UserError(
      'unreachable',
      `Reading ${where} failed: the server limits requests (429).`,
      'Try again later.',
    );
  return new UserError('unreachable', `Reading ${where} failed: the server answered ${status}.`, 'Try again later.');
}

function failed(error: unknown, where: string, most: number): UserError {
  const { cause } = error as { readonly cause?: unknown };
  if (error instanceof TooLarge || cause instanceof TooLarge)
    return new UserError('too_large', `${where} has more than ${most / 1024} KiB.`, 'Name the Dockerfile.');
  if (cause instanceof AddressRefused)
    return new UserError('unreachable', `Reading ${where} failed: its host is at a private address.`);
  const { name } = error as { readonly name?: string };
  if (name === 'TimeoutError')
    return new UserError(
      'timeout',
      `Reading ${where} failed: no answer within ${READ_MS / 1000} s.`,
      'Try again later.',
    );
  return new UserError(
    'unreachable',
    `Reading ${where} failed: ${cutBetweenWords(messageOf(cause ?? error), 200)}`,
    'Check the address of the source in the config.',
    { cause: error },
  );
}
