import type { RegistryAuth } from '../../../docker/client/call-options.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import { canonical, type ImageReference } from '../../../domain/reference.ts';
import type { ImageFacts } from './facts.ts';

/** What is read of an image on one host. */
export interface ImageLook {
  readonly engine: Engine;
  readonly reference: ImageReference;
  readonly auth: RegistryAuth | undefined;
  /** Whether the engine may be told to connect to the registry. */
  readonly mayAsk: boolean;
  readonly signal: AbortSignal;
}

export type ImageOnHost = Pick<ImageFacts, 'asked' | 'present' | 'engine' | 'diskFreeBytes' | 'unread'>;

/** Reads what a host knows of an image and of its registry. Rejects when the engine does not answer at all. */
export async function readImage(look: ImageLook): Promise<ImageOnHost> {
  const { engine, reference, mayAsk, signal } = look;
  const name = canonical(reference);
  const unread: string[] = [];
  const read = async <T>(what: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch {
      unread.push(what);
      return undefined;
    }
  };
  const [info, asked, present, diskFreeBytes] = await Promise.all([
    read('host', engine.info({ signal })),
    mayAsk ? askRegistry(look) : undefined,
    read('images of the host', presentImage(engine, name, signal)),
    read('disk', engine.diskFree({ signal })),
  ]);
  // Without a word of the engine itself, it is the host that does not answer.
  if (info === undefined && asked instanceof EngineError) throw asked;
  if (asked === undefined) unread.push('what the registry tells the engine');
  return {
    asked: asked instanceof EngineError ? failed(asked) : asked,
    present,
    engine: info && { arch: info.arch, proxy: info.proxy, time: info.time },
    diskFreeBytes,
    unread,
  };
}

/** Asks the registry through the engine, with its network, its proxy and its trust. Undefined for one that cannot ask. */
async function askRegistry({ engine, reference, auth, signal }: ImageLook): Promise<ImageFacts['asked'] | EngineError> {
  try {
    const found = await engine.inspectDistribution(canonical(reference), auth, { signal });
    return found === null ? undefined : { kind: 'found', ...found };
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** The time is Fairlead's, and what is slow is the registry: the engine answered other questions. */
const SILENT_STATUS = 504;

const failed = ({ fault, engineSaid, status }: EngineError): ImageFacts['asked'] =>
  fault === 'timeout' && status === undefined
    ? { kind: 'failed', fault, engineSaid: 'The registry did not answer the engine in time.', status: SILENT_STATUS }
    : { kind: 'failed', fault, engineSaid, status };

async function presentImage(engine: Engine, name: string, signal: AbortSignal): Promise<ImageFacts['present']> {
  try {
    const { digests } = await engine.imageConfig(name, { signal });
    return { digests };
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return 'missing';
    throw error;
  }
}
