import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { cut } from '../../text/cut.ts';
import { EngineError } from './engine-error.ts';
import { classifyFault, cleanText, errorFromResponse, MAX_READ_CHARS } from './faults.ts';
import type { PullProgress } from './types.ts';

const Line = z.object({
  id: z.string().nullish(),
  status: z.string().nullish(),
  progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
  error: z.string().nullish(),
  errorDetail: z.object({ message: z.string().nullish() }).nullish(),
});
type Line = z.infer<typeof Line>;

interface Layer {
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

/** Result of a pull, from its last status lines. */
export interface PullSummary {
  readonly downloaded: boolean;
  readonly digest: string | undefined;
}

/** Maximum characters of a line; an engine's own have about a hundred. */
const MAX_LINE = 200_000;
/** More layers than an image can have; further ones are dropped. */
const MAX_LAYERS = 1000;
/** Ordered from the least to the most advanced; a status of a newer engine that is not listed counts as running. */
const ORDER = ['Pulling fs layer', 'Waiting', 'Downloading', 'Verifying Checksum', 'Download complete', 'Extracting'];
const DONE = ['Pull complete', 'Already exists'];

/**
 * Reads the progress of a pull to its end. Engines report most failures inside a stream that began with status 200, so
 * a line with an error rejects. Keeps one state per layer.
 */
export async function readProgress(
  chunks: AsyncIterable<Buffer>,
  onProgress: (progress: PullProgress) => void,
): Promise<PullSummary> {
  const decoder = new StringDecoder('utf8');
  const layers = new Map<string, Layer>();
  const said = { upToDate: false, newer: false, digest: undefined as string | undefined };
  let rest = '';
  let lines = 0;
  const take = (text: string): boolean => {
    if (text.trim() === '') return false;
    lines += 1;
    const line = parse(text);
    const failure = line.errorDetail?.message ?? line.error;
    // Status 200: the engine reported the failure itself.
    if (failure !== null && failure !== undefined) throw pullFailure(cleanText(failure));
    const status = line.status ?? '';
    said.upToDate ||= status.startsWith('Status: Image is up to date');
    said.newer ||= status.startsWith('Status: Downloaded newer image');
    said.digest = /^Digest: (sha256:[0-9a-f]{64})$/u.exec(status)?.[1] ?? said.digest;
    return updateLayer(layers, line);
  };
  const report = (news: boolean) => {
    if (news) onProgress(summarize(layers));
  };
  for await (const chunk of chunks) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) throw new EngineError('protocol', 'Progress line too long.', 200);
    report(parts.map(take).includes(true));
  }
  report(take(rest + decoder.end()));
  if (lines === 0) throw new EngineError('protocol', 'The pull ended without a result.', 200);
  // Podman reports neither, so a downloaded layer decides.
  const fetched = [...layers.values()].some(({ status }) => /^(?:Pull|Download) complete/u.test(status));
  return { downloaded: said.newer || (!said.upToDate && fetched), digest: said.digest };
}

// Shortened before it is matched: a registry may have written it.
function pullFailure(words: string): EngineError {
  return new EngineError(classifyFault(undefined, words), words || 'The pull failed.', 200, {
    fromEngine: words !== '',
  });
}

function parse(text: string): Line {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    // A line that is not JSON is usually the page of a proxy.
    throw errorFromResponse(200, cut(text, 2 * MAX_READ_CHARS));
  }
}

function updateLayer(layers: Map<string, Layer>, { id, status, progressDetail }: Line): boolean {
  // The first line has the tag as its id.
  if (!id || !status || status.startsWith('Pulling from')) return false;
  const before = layers.get(id);
  if (!before && layers.size >= MAX_LAYERS) return false;
  const isDownload = status === 'Downloading';
  const total = (isDownload ? progressDetail?.total : undefined) ?? before?.total ?? 0;
  layers.set(id, { status: cut(status, 80), current: isDownload ? (progressDetail?.current ?? 0) : total, total });
  return true;
}

const rank = ({ status }: Layer) => (ORDER.indexOf(status) + 1 || 3) - 1;

function summarize(layers: ReadonlyMap<string, Layer>): PullProgress {
  const all = [...layers.values()];
  const open = all.filter(({ status }) => !DONE.includes(status)).toSorted((a, b) => rank(a) - rank(b));
  return {
    layersTotal: all.length,
    layersDone: all.length - open.length,
    bytesDone: all.reduce((sum, layer) => sum + Math.min(layer.current, layer.total), 0),
    bytesTotal: all.reduce((sum, layer) => sum + layer.total, 0),
    status: cleanText(open[0]?.status ?? 'Finishing'),
  };
}
