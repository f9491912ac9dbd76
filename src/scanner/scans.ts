import type { ScannerConfig } from '../config/scanner.ts';
import { ScanError } from './errors.ts';
import type { Enriched, Feeds } from './feeds.ts';
import { createQueue } from './queue.ts';
import type { RawFormat, Scanner, ScannerVersion, ScanReport, ScanTarget } from './report.ts';
import { decodeReport, encodeReport } from './stored-report.ts';

/** Where reports are kept. */
export interface ReportCache {
  get(key: ReportKey): Promise<{ readonly at: number; readonly body: string } | undefined>;
  put(key: ReportKey, report: { readonly at: number; readonly body: string }): Promise<void>;
}

export interface ReportKey {
  readonly digest: string;
  readonly platform: string;
  readonly scanner: string;
}

export interface Asking {
  readonly signal: AbortSignal;
  /** How long the caller waits; the scan goes on, and its report is there when it is asked for again. Milliseconds. */
  readonly waitMs?: number;
  /** Scans again, whatever is kept. */
  readonly again?: boolean;
}

/** The report of an image with what feeds say about its findings, and why it is an old one. */
export interface Reported {
  readonly report: ScanReport;
  readonly feeds: Omit<Enriched, 'findings'>;
  /** Why the image could not be scanned again; undefined of a report that is fresh. */
  readonly stale: ScanError | undefined;
}

/** Reports of images: kept by digest, one scan of an image at a time. Everything rejects with a `ScanError`. */
export interface Scans {
  readonly kind: Scanner['kind'];
  version(signal: AbortSignal): Promise<ScannerVersion>;
  report(target: ScanTarget, asking: Asking): Promise<Reported>;
  raw(target: ScanTarget, format: RawFormat, signal: AbortSignal): Promise<string>;
  /** Ends the scans that run, and resolves once their programs have ended: within about a second. */
  close(): Promise<void>;
}

/** A report older than this is not shown for want of a newer one. */
const MOST_AGE_MS = 7 * 86_400_000;
const VERSION_KEPT_MS = 10 * 60_000;
const MOST_WAITING = 20;

export interface ScansParts {
  readonly scanner: Scanner;
  readonly config: ScannerConfig;
  readonly cache: ReportCache;
  readonly feeds: Feeds;
  /** Unix milliseconds. */
  now(): number;
}

export function createScans({ scanner, config, cache, feeds, now }: ScansParts): Scans {
  const { kind } = scanner;
  const closing = new AbortController();
  const running = new Map<string, Promise<ScanReport>>();
  // Two that share Trivy's cache on disk wait for each other, and one of them gives up.
  const inTurn = createQueue(kind === 'harbor' || config.server !== undefined ? 3 : 1, MOST_WAITING);
  const version = kept(() => scanner.version(closing.signal));

  const scan = async (target: ScanTarget): Promise<ScanReport> => {
    const about = await version();
    const read = await inTurn(() => scanner.scan(target, closing.signal));
    const { database = about.database, version: by = about.version, scannedAt = now(), ...found } = read;
    const report = { ...found, database, target, scanner: { kind, version: by }, scannedAt };
    await cache.put(keyOf(target, kind), { at: now(), body: await encodeReport(report) });
    return report;
  };
  const scanOnce = (target: ScanTarget): Promise<ScanReport> => {
    const name = Object.values(keyOf(target, kind)).join(' ');
    const started = running.get(name) ?? scan(target).finally(() => running.delete(name));
    running.set(name, started);
    // Its callers may have gone by the time it fails.
    started.catch(() => {});
    return started;
  };
  const known = async (target: ScanTarget): Promise<ScanReport | undefined> => {
    const stored = await cache.get(keyOf(target, kind));
    return stored && (await decodeReport(stored.body));
  };

  const enriched = async (report: ScanReport, stale?: ScanError): Promise<Reported> => {
    const { findings, ...about } = await feeds.enrich(report.findings);
    return { report: { ...report, findings }, feeds: about, stale };
  };

  return {
    kind,
    version,
    async report(target, { signal, waitMs, again = false }) {
      const old = await known(target);
      const ageMs = old === undefined ? Infinity : now() - old.scannedAt;
      if (old && !again && ageMs >= 0 && ageMs < config.fresh) return enriched(old);
      try {
        return await enriched(await within(scanOnce(target), signal, waitMs));
      } catch (error) {
        if (!(error instanceof ScanError) || !old || again || Math.abs(ageMs) > MOST_AGE_MS) throw error;
        return enriched(old, error);
      }
    },
    raw: (target, format, signal) =>
      inTurn(() => scanner.raw(target, format, AbortSignal.any([signal, closing.signal]))),
    async close() {
      closing.abort();
      await Promise.allSettled(running.values());
    },
  };
}

const keyOf = ({ digest, platform = '' }: ScanTarget, scanner: string): ReportKey => ({ digest, platform, scanner });

/** The version of the scanner, asked once in a while. */
function kept(ask: () => Promise<ScannerVersion>): () => Promise<ScannerVersion> {
  let last: { readonly at: number; readonly version: Promise<ScannerVersion> } | undefined;
  return () => {
    if (last && performance.now() - last.at < VERSION_KEPT_MS) return last.version;
    const asked = ask();
    last = { at: performance.now(), version: asked };
    asked.catch(() => {
      last = undefined;
    });
    return asked;
  };
}

async function within<T>(work: Promise<T>, signal: AbortSignal, waitMs: number | undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(new ScanError('stopped', 'it was stopped'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    if (waitMs !== undefined)
      timer = setTimeout(
        () => reject(new ScanError('out_of_budget', `the scan was not done after ${Math.round(waitMs / 1000)} s`)),
        waitMs,
      );
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
