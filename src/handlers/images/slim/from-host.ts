import type { Engine } from '../../../docker/client/engine.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { saySize } from '../../../domain/size.ts';
import { type ReadImage, readArchive } from '../../../image/archive.ts';
import { CutOff } from '../../../image/tar/damaged.ts';
import type { Deps } from '../../deps.ts';
import { failureOf } from '../../over-hosts.ts';
import type { Request } from '../../request.ts';

/** Milliseconds for reading one image. */
export const READ_MS = 5 * 60_000;
/** Bytes of an image that an engine exports without being asked twice: it copies the image to its disk first. */
const MOST_UNASKED = 2e9;

export interface OnHost {
  readonly host: string;
  readonly id: string;
  readonly name: string;
  /** Told of the bytes read so far, and of those of the image. */
  onRead(bytes: number, total: number): void;
}

/**
 * Reads an image that is on a host. Throws a `UserError` for one that is large and was not asked for with `--from host`, for
 * a disk that has no room for the engine's copy, and for what the engine did not give.
 */
export async function readFromHost(
  request: Request<{ readonly from?: 'host' | 'registry' | undefined }>,
  { host, id, name, onRead }: OnHost,
  deps: Pick<Deps, 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<ReadImage> {
  const read = async (engine: Engine) => {
    const [{ bytes, digests }, free] = await Promise.all([
      engine.inspectImage(id, { signal }),
      // An engine that does not say is not kept from trying.
      engine.diskFree({ signal }).catch(() => undefined),
    ]);
    if (free !== undefined && free < bytes * 1.2)
      throw new UserError(
        'too_large',
        `${host} has ${saySize(free)} free, and the engine copies the image (${saySize(bytes)}) to its disk to give it out.`,
        'Read it from its registry with `--from registry`, or free some space.',
      );
    if (bytes > MOST_UNASKED && request.args.from === undefined)
      throw tooLarge(request, { host, name, bytes, digests });
    return readArchive(engine.exportImage(id, { signal }), (done) => onRead(done, bytes));
  };
  try {
    const [outcome] = await deps.hosts.each([host], read, { signal, deadlineMs: READ_MS });
    if (outcome?.ok) return outcome.value;
    if (!outcome) throw new UserError('unreachable', `${host} did not answer.`);
    const { summary, engineSaid, tryThis } = failureOf(host, outcome.error, deps.redact, name);
    const said = summary.includes(engineSaid) ? summary : `${summary} ${engineSaid}`;
    throw new UserError('engine_refused', `${code(name)} was not read on ${host}: ${said}`, tryThis);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    throw new UserError(
      'engine_refused',
      `${code(name)} was not read on ${host}: the archive of the engine is broken, ${error.message}.`,
      'Try again. If it says the same, the engine has lost a part of it: read it from its registry with `--from registry`.',
    );
  }
}

interface Large {
  readonly host: string;
  readonly name: string;
  readonly bytes: number;
  readonly digests: readonly string[];
}

function tooLarge({ line }: Pick<Request, 'line'>, { host, name, bytes, digests }: Large): UserError {
  return new UserError(
    'too_large',
    `${code(name)} is ${saySize(bytes)}, and the engine on ${host} copies it to its disk to give it out.`,
    'A registry gives its layers without that.',
    {
      choices: [
        ...(digests.length > 0 ? [{ label: 'Read it from its registry', line: `${line} --from registry` }] : []),
        { label: `Read it on ${host} anyway`, line: `${line} --from host` },
      ],
    },
  );
}
