import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fetch } from 'undici';
import { messageOf } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import { createPace } from '../paced/pace.ts';
import { authorityOf, createAgent } from '../registry/addresses.ts';
import { type EpssScores, type KnownExploited, readEpss, readKev } from './feed-readers.ts';

/** What is known of one feed. */
export interface FeedState {
  /** When its data was made, as it says; '' where it does not say. */
  readonly date: string;
  /** Why it could not be read lately. */
  readonly failed: string | undefined;
}

export interface Enriched {
  readonly findings: readonly Finding[];
  /** Undefined for a feed that the config does not name. */
  readonly kev: FeedState | undefined;
  readonly epss: FeedState | undefined;
}

/** What is exploited now, and what is likely to be, from the outside of a scanner. Never rejects: it works without. */
export interface Feeds {
  enrich(findings: readonly Finding[]): Promise<Enriched>;
}

export interface FeedPlaces {
  /** Files or addresses. */
  readonly kev?: string | undefined;
  readonly epss?: string | undefined;
  /** The folder that files are relative to. */
  readonly folder: string;
}

const FRESH_MS = 86_400_000;
const AGAIN_MS = 10 * 60_000;
/** How long an answer waits for a feed. */
const WAIT_MS = 5000;
const READ_MS = 60_000;
const MOST_BYTES = 200_000_000;

export function createFeeds({ kev, epss, folder }: FeedPlaces): Feeds {
  const exploited = kev === undefined ? undefined : createFeed(() => open(kev, folder), readKev);
  const scores = epss === undefined ? undefined : createFeed(() => open(epss, folder), readEpss);
  return {
    async enrich(findings) {
      const [known, likely] = await Promise.all([exploited?.(), scores?.()]);
      return {
        findings: await withFacts(findings, known?.data, likely?.data),
        kev: known?.state,
        epss: likely?.state,
      };
    },
  };
}

async function withFacts(
  findings: readonly Finding[],
  kev: KnownExploited | undefined,
  epss: EpssScores | undefined,
): Promise<readonly Finding[]> {
  if (!kev && !epss) return findings;
  const pace = createPace();
  const out: Finding[] = [];
  for (const finding of findings) {
    const knownExploited = finding.knownExploited ?? kev?.ids.has(finding.id);
    out.push({ ...finding, knownExploited, epss: finding.epss ?? epss?.of(finding.id) });
    await pace();
  }
  return out;
}

interface Loaded<T> {
  readonly data: T | undefined;
  readonly state: FeedState;
}

/** A feed that is read again once a day; what was read before is used for as long as that fails. */
function createFeed<T extends { readonly date: string }>(
  source: () => Promise<AsyncIterable<Uint8Array>>,
  read: (body: AsyncIterable<Uint8Array>) => Promise<T>,
): () => Promise<Loaded<T>> {
  let data: T | undefined;
  let failed: string | undefined;
  let next = 0;
  let loading: Promise<void> | undefined;
  const load = async () => {
    try {
      data = await read(await source());
      failed = undefined;
      next = performance.now() + FRESH_MS;
    } catch (error) {
      // Of a call that failed, only its cause says why.
      failed = messageOf((error instanceof Error && error.cause) || error);
      next = performance.now() + AGAIN_MS;
    } finally {
      loading = undefined;
    }
  };
  return async () => {
    if (performance.now() >= next) loading ??= load();
    if (loading && !data) await within(loading);
    const state = { date: data?.date ?? '', failed: failed ?? (data ? undefined : 'it is still being read') };
    return { data, state };
  };
}

async function within(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, WAIT_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** The bytes of a file or an address, unpacked where they are compressed. */
async function open(place: string, folder: string): Promise<AsyncIterable<Uint8Array>> {
  const raw = /^https?:\/\//u.test(place) ? await download(place) : createReadStream(resolve(folder, place));
  const body: Readable = place.endsWith('.gz') ? raw.compose(createGunzip()) : raw;
  return capped(body);
}

/** A feed moves with each day's file, so redirects are followed: to public addresses, and to the host of the config. */
async function download(address: string): Promise<Readable> {
  const dispatcher = createAgent({ allowed: new Set([authorityOf(new URL(address))]), onOpen() {} });
  const response = await fetch(address, { signal: AbortSignal.timeout(READ_MS), dispatcher });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  return Readable.fromWeb(response.body);
}

async function* capped(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES / 1e6} MB`);
    yield chunk;
  }
}
