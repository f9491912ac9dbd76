import { StringDecoder } from 'node:string_decoder';
import { EngineError, type PullProgress } from './engine.ts';
import { classify } from './faults.ts';

interface Line {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

interface Layer {
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

const MAX_LINE = 1_000_000;

/**
 * Reads the progress of a pull to its end. An engine reports most failures inside a stream that began with 200, so a
 * line with an error ends it as one. Keeps one state a layer, not every event.
 */
export async function readProgress(
  chunks: AsyncIterable<Buffer>,
  onProgress: (progress: PullProgress) => void,
): Promise<{ readonly downloaded: boolean }> {
  const decoder = new StringDecoder('utf8');
  const layers = new Map<string, Layer>();
  let rest = '';
  let lines = 0;
  let downloaded = true;
  const take = (text: string) => {
    if (text.trim() === '') return;
    lines += 1;
    const line = parse(text);
    const failure = line.errorDetail?.message ?? line.error;
    if (failure !== undefined) throw new EngineError(classify(undefined, failure), failure);
    if (line.status?.startsWith('Status: Image is up to date')) downloaded = false;
    if (line.id !== undefined && line.status !== undefined && !line.status.startsWith('Pulling from')) {
      const before = layers.get(line.id);
      layers.set(line.id, {
        status: line.status,
        current: line.progressDetail?.current ?? 0,
        total: line.progressDetail?.total ?? before?.total ?? 0,
      });
      onProgress(summarize(layers));
    }
  };
  for await (const chunk of chunks) {
    rest += decoder.write(chunk);
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) throw new EngineError('protocol', 'A progress line without an end.');
    for (const part of parts) take(part);
  }
  take(rest + decoder.end());
  if (lines === 0) throw new EngineError('protocol', 'The engine ended the pull without a word.');
  return { downloaded };
}

function parse(text: string): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (line !== null && typeof line === 'object') return line as Line;
  } catch {
    // Told below: what is not JSON is most often a proxy's error page.
  }
  throw new EngineError('protocol', text.slice(0, 200));
}

const DONE = /^(?:Pull complete|Already exists|Download complete|Verifying Checksum)/u;

function summarize(layers: ReadonlyMap<string, Layer>): PullProgress {
  const all = [...layers.values()];
  const open = all.filter((layer) => !/^(?:Pull complete|Already exists)/u.test(layer.status));
  const bytes = (layer: Layer) =>
    DONE.test(layer.status) || layer.status === 'Extracting' ? layer.total : layer.current;
  return {
    layersTotal: all.length,
    layersDone: all.length - open.length,
    bytesDone: all.reduce((sum, layer) => sum + bytes(layer), 0),
    bytesTotal: all.reduce((sum, layer) => sum + layer.total, 0),
    status: open.at(-1)?.status ?? 'Finishing',
  };
}
