import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { CpOutArgs } from '../../commands/containers/cp-out.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { ownParts } from '../../docker/rollout/own-parts.ts';
import { onlyFileIn, TAR_OVERHEAD } from '../../docker/shapes/tar.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { saySize } from '../../domain/size.ts';
import { type Redact, redactorOf } from '../../policy/redact.ts';
import { hasPrivateKey, isSecretPath } from '../../policy/secret-files.ts';
import { cutHidden } from '../../text/cut.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { refuseOwn } from '../lifecycle/refusals.ts';
import { failureOf, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { cleanLines, MOST_LINE, textOf } from './file/clean.ts';
import { type Resolved, resolvePath, TooManyLinks } from './file/resolve.ts';
import { namingSilent, unseenOn } from './find-container.ts';
import { type Place, selectContainers } from './select-containers.ts';

export interface CpOutResult extends Timed {
  readonly host: string;
  readonly container: string;
  /** Where it is, after every link. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the file as it is in the container. */
  readonly sha256: string;
  /** With secrets masked. */
  readonly content: string;
  readonly isMasked: boolean;
  /** Hosts that did not say whether they have the container too, where nobody named one. */
  readonly unseen: readonly string[];
  readonly audit: string;
}

const MOST_BYTES = 1024 * 1024;
const READ_MS = 20_000;
const MOST_PATH = 500;

/** Reads one text file of a container for one person. Secrets are refused by their path and content, else masked. */
export const cpOut = handler<CpOutArgs, CpOutResult>()(
  ['config', 'hosts', 'now', 'redact'],
  async (request, deps, run) => {
    const { container, path } = request.args.file;
    if (request.share)
      throw new UserError(
        'bad_input',
        'A file goes to you alone.',
        'Leave out `--share`; you can forward what you get.',
      );
    const selecting = { signal: run.signal, onSeveralHosts: 'ask' as const };
    const found = await selectContainers(request, [container], deps, selecting);
    const [place, ...others] = found.places;
    const [failure] = found.failures;
    if (!place) throw new UserError('unreachable', `${failure?.host}: ${failure?.summary}`, failure?.tryThis);
    if (others.length > 0)
      throw new UserError('ambiguous', `${code(container)} is on several hosts.`, `Add \`@${place.host}\`.`);
    const read = (engine: Engine) => readFile(engine, { place, path }, deps, run.signal);
    const [outcome] = await deps.hosts.each([place.host], read, { signal: run.signal, deadlineMs: READ_MS });
    const value = await namingSilent(found.failures, async () => {
      if (!outcome?.ok) throw unreadable(place, path, outcome?.error ?? new EngineError('aborted', ''), deps);
      return outcome.value;
    });
    const audit = `${place.host}: ${value.container} ${value.path}, ${value.bytes} bytes, sha256 ${value.sha256}`;
    return { ...timed(request, deps.now(), []), host: place.host, ...value, unseen: unseenOn(found.failures), audit };
  },
);

type Read = Omit<CpOutResult, keyof Timed | 'host' | 'unseen' | 'audit'>;

async function readFile(
  engine: Engine,
  { place, path }: { readonly place: Place; readonly path: string },
  deps: Pick<Deps, 'redact'>,
  signal: AbortSignal,
): Promise<Read> {
  const { id } = place.container;
  // Before anything is asked of the engine, which does not show every path.
  if (isSecretPath(posix.normalize(path))) throw secretPath(path);
  const raw = await engine.inspectRaw(id, { signal });
  refuseOwn(raw, ownParts(await engine.listContainers({ all: true }, { signal }), engine.reach));
  const resolved = await resolvePath(engine, id, path, signal).catch((error: unknown) => {
    if (error instanceof TooManyLinks) throw new UserError('bad_input', `${code(path)} leads through too many links.`);
    throw error;
  });
  mustBeShown(resolved);
  const query = { path: resolved.path, mostBytes: MOST_BYTES + TAR_OVERHEAD };
  const { content } = onlyFileIn(await engine.readArchive(id, query, { signal }));
  if (content.length > MOST_BYTES) throw tooLarge(content.length);
  const own = redactorOf(raw.Config.Env);
  const redact: Redact = (text) => deps.redact(own(text));
  const text = shownText(content);
  const clean = await cleanLines(text, redact);
  return {
    container: raw.Name,
    path: cutHidden(resolved.path, MOST_PATH, redact),
    name: posix.basename(resolved.path),
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    content: clean,
    isMasked: clean !== text,
  };
}

/** Throws a `UserError` for what is no small regular file, or is taken for a secret by where it is. */
function mustBeShown({ paths, path, stat }: Resolved): void {
  if (paths.some(isSecretPath)) throw secretPath(path);
  if (stat.kind === 'folder')
    throw new UserError('bad_input', `${code(path)} is a folder.`, 'Name one file in it.', { field: 'file' });
  if (stat.kind !== 'file') throw new UserError('bad_input', `${code(path)} is not a regular file.`);
  if (stat.size > MOST_BYTES) throw tooLarge(stat.size);
}

function shownText(content: Buffer): string {
  const text = textOf(content);
  if (text === undefined)
    throw new UserError('bad_input', 'It is not text, so secrets in it could not be masked.', 'Copy it on the host.');
  if (hasPrivateKey(text)) throw secret('There is a private key in it');
  if (text.split('\n').some((line) => line.length > MOST_LINE))
    throw new UserError('too_large', `It has a line of more than ${MOST_LINE} characters.`, 'Copy it on the host.');
  return text;
}

const secret = (why: string) => new UserError('not_permitted', `${why}, so it is not sent.`, 'Read it on the host.');

const secretPath = (path: string) => secret(`${code(path)} is taken for a secret by its path`);

const tooLarge = (bytes: number) =>
  new UserError('too_large', `It is ${saySize(bytes)}; a file of up to 1 MiB is sent.`, 'Copy it on the host.');

function unreadable({ host }: Place, path: string, error: EngineError, deps: Pick<Deps, 'redact'>): UserError {
  if (error.fault === 'not_found')
    return new UserError(
      'not_found',
      `There is no ${code(path)} in it.`,
      phrase`${commandLine('help cp-out')} says how a file is named.`,
      { field: 'file' },
    );
  const { summary, engineSaid, tryThis } = failureOf(host, error, deps.redact);
  return new UserError('engine_refused', `${host}: ${summary} ${engineSaid}`.trim(), tryThis);
}
