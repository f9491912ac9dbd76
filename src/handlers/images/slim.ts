import type { SlimArgs } from '../../commands/images/slim.ts';
import { familiar } from '../../domain/reference.ts';
import { type Analysis, analyzeImage } from '../../image/analyze.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { findImage } from './slim/find-image.ts';
import { readFromHost } from './slim/from-host.ts';
import { readFromRegistry } from './slim/from-registry.ts';

export interface SlimResult extends Timed {
  readonly image: string;
  /** Name of the host or of the registry that it was read from. */
  readonly from: { readonly at: 'host' | 'registry'; readonly name: string };
  readonly warnings: readonly string[];
  readonly analysis: Analysis;
}

/** How far reading is. */
export interface SlimProgress {
  readonly kind: 'slim';
  readonly image: string;
  readonly from: string;
  readonly bytes: number;
  readonly total: number;
}

/** Bytes between two reports of progress. */
const STEP = 8_000_000;

export const slim = handler<SlimArgs, SlimResult, SlimProgress>()(
  ['config', 'hosts', 'limits', 'now', 'redact', 'registries'],
  async (request, deps, run) => {
    const { place, failures, warnings } = await findImage(request, deps, run.signal);
    const image = place.at === 'host' ? place.name : familiar(place.reference);
    const from = { at: place.at, name: place.at === 'host' ? place.host : place.reference.registry };
    let told = 0;
    const onRead = (bytes: number, total: number) => {
      if (bytes - told < STEP) return;
      told = bytes;
      run.progress({ kind: 'slim', image, from: from.name, bytes, total });
    };
    const read =
      place.at === 'host'
        ? await readFromHost(request, { ...place, onRead }, deps, run.signal)
        : await readFromRegistry(request, { reference: place.reference, onRead }, deps, run.signal);
    const analysis = await analyzeImage(read, deps.redact);
    return { ...timed(request, deps.now(), failures), image, from, warnings, analysis };
  },
);
