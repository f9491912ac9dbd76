import { Changes, Event, Layers, Processes, Whole } from '../shapes/look.ts';
import { readEach, type Shape } from '../shapes/read.ts';
import { HubResults } from '../shapes/search.ts';
import { Stats } from '../shapes/stats.ts';
import type { CallOptions, Filters } from './call-options.ts';
import { EngineError } from './engine-error.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';
import type { EngineEvent, FileChange, HubResult, ImageLayer, ProcessTable, StatsSample } from './look-types.ts';
import { readEvents } from './read-events.ts';

/** The calls that look at what containers are and do, and change nothing. */
export interface LookCalls {
  /**
   * Samples running containers, by id; one that stopped or went meanwhile is not in the answer. Engines before 25 sample
   * once a second and answer then, so containers are asked for together, whatever their number.
   */
  sampleStats(ids: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, StatsSample>>;
  /** Rejects with the fault `conflict` when the container does not run. */
  listProcesses(containerId: string, options?: CallOptions): Promise<ProcessTable>;
  /** Compares the whole file system of the container with that of its image, which may take a minute. */
  listChanges(containerId: string, options?: CallOptions): Promise<FileChange[]>;
  imageHistory(imageId: string, options?: CallOptions): Promise<ImageLayer[]>;
  /** The whole inspection as the engine gives it, with its secrets. */
  inspectWhole(
    kind: 'container' | 'image',
    id: string,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Events between two past times, in Unix milliseconds, oldest first. Docker keeps only its last 256. */
  listEvents(
    query: { readonly since: number; readonly until: number; readonly filters?: Filters },
    options?: CallOptions,
  ): Promise<EngineEvent[]>;
  /** Searches Docker Hub from the engine's network, most stars first. `limit` is 1 to 100. */
  searchHub(
    query: { readonly term: string; readonly limit: number; readonly filters?: Filters },
    options?: CallOptions,
  ): Promise<HubResult[]>;
}

interface Limits {
  readonly listMs: number;
  readonly slowMs: number;
}

/** Requests of one call that are open at once. With 20.10 each lasts until the next second. */
const MOST_SAMPLED = 64;
const SAMPLE_BYTES = 256_000;
/** Each of an engine's 256 events has the labels of its container. */
const EVENT_BYTES = 4_000_000;
const SEARCH_BYTES = 1_000_000;

export function lookCalls(link: Link, limits: Limits): LookCalls {
  const sample = (id: string, options: CallOptions | undefined) =>
    link.json(Stats, {
      method: 'GET',
      path: `/containers/${pathId('container', id)}/stats`,
      query: { stream: false, 'one-shot': true },
      mostBytes: SAMPLE_BYTES,
      signal: options?.signal,
      deadlineMs: limits.slowMs,
    });
  const get = <S extends Shape>(shape: S, path: string, options: CallOptions | undefined, deadlineMs = limits.listMs) =>
    link.json(shape, { method: 'GET', path, signal: options?.signal, deadlineMs });
  return {
    async sampleStats(ids, options) {
      const samples = new Map<string, StatsSample>();
      const left = ids[Symbol.iterator]();
      let refused: EngineError | undefined;
      const work = async () => {
        for (const id of left) {
          try {
            const found = await sample(id, options);
            if (found) samples.set(id, found);
          } catch (error) {
            // An engine refuses in many words what ended between the list and its sample. The others still count.
            if (!(error instanceof EngineError) || error.status === undefined) throw error;
            if (error.fault !== 'not_found' && error.fault !== 'conflict') refused ??= error;
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(MOST_SAMPLED, ids.length) }, work));
      if (refused && samples.size === 0) throw refused;
      return samples;
    },
    listProcesses: async (id, options) => get(Processes, `/containers/${pathId('container', id)}/top`, options),
    listChanges: async (id, options) =>
      get(Changes, `/containers/${pathId('container', id)}/changes`, options, limits.slowMs),
    imageHistory: async (id, options) => get(Layers, `/images/${pathId('image', id)}/history`, options),
    inspectWhole: async (kind, id, options) => get(Whole, `/${kind}s/${pathId(kind, id)}/json`, options),
    async listEvents({ since, until, filters = {} }, options) {
      const query = { since: seconds(since), until: seconds(until), filters: JSON.stringify(filters) };
      const bounds = { signal: options?.signal, deadlineMs: limits.listMs, mostBytes: EVENT_BYTES };
      return readEach(Event, await readEvents(link, query, bounds));
    },
    async searchHub({ term, limit, filters = {} }, options) {
      // An engine takes such a first part for the address of a registry, and connects to it.
      if (/^(?:[^/]*[.:]|localhost\/)/u.test(term) && term.includes('/'))
        throw new EngineError('refused', 'Not a term to search Docker Hub for.');
      const query = { term, limit, filters: JSON.stringify(filters) };
      const call = { method: 'GET', path: '/images/search', query, mostBytes: SEARCH_BYTES } as const;
      return link.json(HubResults, { ...call, signal: options?.signal, deadlineMs: limits.listMs });
    },
  };
}

function seconds(ms: number): string {
  if (!(ms >= 0 && ms < Number.MAX_SAFE_INTEGER)) throw new EngineError('refused', 'Not a time.');
  return (ms / 1000).toFixed(3);
}
