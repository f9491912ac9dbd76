import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import { createPace } from '../../paced/pace.ts';
import { cut } from '../../text/cut.ts';
import { EngineError } from './engine-error.ts';
import { classifyFault, cleanText, errorFromResponse, MAX_READ_CHARS } from './faults.ts';
import type { TransferProgress } from './types.ts';

const Line = z.lazy(() =>
  z.object({
    id: z.string().nullish(),
    status: z.string().nullish(),
    progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
    error: z.string().nullish(),
    errorDetail: z.object({ message: z.string().nullish() }).nullish(),
    aux: z.object({ Digest: z.string().nullish() }).nullish(),
  }),
);
export type ProgressLine = z.infer<typeof Line>;

/** The words in which an engine reports a transfer of layers. */
export interface TransferWords {
  /** Names the transfer in an error: `pull`. */
  readonly noun: string;
  /** The status in which bytes are counted. */
  readonly moving: string;
  /** Ordered from the least to the most advanced; a status of a newer engine that is not listed counts as running. */
  readonly order: readonly string[];
  isDone(status: string): boolean;
}

export interface LayerProgress {
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

/** Maximum characters of a line; an engine's own have about a hundred. */
const MAX_LINE = 200_000;
/** More layers than an image can have; further ones are dropped. */
export const MAX_LAYERS = 1000;

/**
 * Reads the progress of a pull or push to its end. Engines report most failures inside a stream that began with status
 * 200, so a line with an error rejects. Keeps one state per layer; `onLine` gets every line.
 */
export async function readTransfer(
  chunks: AsyncIterable<Buffer>,
  words: TransferWords,
  onProgress: (progress: TransferProgress) => void,
  onLine: (line: ProgressLine) => void,
): Promise<ReadonlyMap<string, LayerProgress>> {
  const pace = createPace();
  const decoder = new StringDecoder('utf8');
  const layers = new Map<string, LayerProgress>();
  let rest = '';
  let lines = 0;
  const take = (text: string): boolean => {
    if (text.trim() === '') return false;
    lines += 1;
    const line = parse(text);
    const failure = line.errorDetail?.message ?? line.error;
    // Status 200: the engine reported the failure itself.
    if (failure !== null && failure !== undefined) throw transferFailure(cleanText(failure), words);
    onLine(line);
    return updateLayer(layers, line, words);
  };
  const report = (news: boolean) => {
    if (news) onProgress(summarize(layers, words));
  };
  for await (const chunk of chunks) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) throw new EngineError('protocol', 'Progress line too long.', 200);
    let isNews = false;
    for (const part of parts) {
      isNews = take(part) || isNews;
      await pace();
    }
    report(isNews);
  }
  report(take(rest + decoder.end()));
  if (lines === 0) throw new EngineError('protocol', `The ${words.noun} ended without a result.`, 200);
  return layers;
}

// Shortened before it is matched: a registry may have written it.
function transferFailure(said: string, { noun }: TransferWords): EngineError {
  return new EngineError(classifyFault(undefined, said), said || `The ${noun} failed.`, 200, {
    fromEngine: said !== '',
  });
}

function parse(text: string): ProgressLine {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    // A line that is not JSON is usually the page of a proxy.
    throw errorFromResponse(200, cut(text, 2 * MAX_READ_CHARS));
  }
}

function updateLayer(
  layers: Map<string, LayerProgress>,
  { id, status, progressDetail }: ProgressLine,
  { moving }: TransferWords,
): boolean {
  // The first line of a pull has the tag as its id.
  if (!id || !status || status.startsWith('Pulling from')) return false;
  const before = layers.get(id);
  if (!before && layers.size >= MAX_LAYERS) return false;
  const isMoving = status === moving;
  const total = (isMoving ? progressDetail?.total : undefined) ?? before?.total ?? 0;
  // A layer whose transfer broke off is sent anew: nothing of it has arrived.
  const otherwise = status.startsWith('Retrying') ? 0 : total;
  const current = isMoving ? (progressDetail?.current ?? 0) : otherwise;
  layers.set(id, { status: cut(status, 80), current, total });
  return true;
}

function summarize(layers: ReadonlyMap<string, LayerProgress>, { order, isDone }: TransferWords): TransferProgress {
  const rank = ({ status }: LayerProgress) => (order.indexOf(status) + 1 || 3) - 1;
  const all = [...layers.values()];
  const open = all.filter(({ status }) => !isDone(status)).toSorted((a, b) => rank(a) - rank(b));
  return {
    layersTotal: all.length,
    layersDone: all.length - open.length,
    bytesDone: all.reduce((sum, layer) => sum + Math.min(layer.current, layer.total), 0),
    bytesTotal: all.reduce((sum, layer) => sum + layer.total, 0),
    status: cleanText(open[0]?.status ?? 'Finishing'),
  };
}
