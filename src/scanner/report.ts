import type { Finding } from '../domain/finding.ts';

export type ScannerKind = 'trivy' | 'grype' | 'harbor';

/** What is scanned: an image by its digest, never by a tag. */
export interface ScanTarget {
  /** Canonical, without tag: `harbor.example.com/devops/shop`. */
  readonly repository: string;
  readonly digest: string;
  /** `linux/arm64`; undefined for the scanner's own choice among the images of an index. */
  readonly platform?: string | undefined;
}

/** Why a report without findings is no good news. */
export type Unjudged =
  /** The vendor no longer publishes what is wrong with this system. */
  | 'os_end_of_life'
  /** The system was recognized, and the scanner has no data about it. */
  | 'os_unsupported'
  /** No system was recognized: only packages of languages were looked at. */
  | 'os_unknown'
  /** Neither a system nor packages were recognized. */
  | 'nothing_recognized'
  /** The scanner found nothing, and does not say what it looked at. */
  | 'not_said';

export interface ScanReport {
  readonly target: ScanTarget;
  readonly scanner: { readonly kind: ScannerKind; readonly version: string };
  /** When the scan ended, Unix milliseconds. */
  readonly scannedAt: number;
  /** When the scanner's data was made, as it says: an ISO date; undefined where it does not say. */
  readonly database: string | undefined;
  /** `alpine 3.20.3`; undefined where none was recognized. */
  readonly os: string | undefined;
  readonly unjudged: readonly Unjudged[];
  readonly findings: readonly Finding[];
  /** Findings that the scanner itself left out, by its ignore file or a statement of the vendor (VEX). */
  readonly suppressed: number;
}

/** What a reader of a scanner's output makes of it. */
export type Read = Pick<ScanReport, 'os' | 'unjudged' | 'findings' | 'suppressed'> & {
  readonly database?: string | undefined;
  /** The scanner, where that is known from its report only. */
  readonly version?: string;
  /** When it was made, of one that was there already. */
  readonly scannedAt?: number;
};

/** A report in a format of the scanner's own, for other programs. */
export type RawFormat = 'sarif' | 'cyclonedx';

export interface ScannerVersion {
  readonly version: string;
  readonly database: string | undefined;
}

/** One scanner. Every call rejects with a `ScanError`, and ends within the time of the config. */
export interface Scanner {
  readonly kind: ScannerKind;
  version(signal: AbortSignal): Promise<ScannerVersion>;
  scan(target: ScanTarget, signal: AbortSignal): Promise<Read>;
  raw(target: ScanTarget, format: RawFormat, signal: AbortSignal): Promise<string>;
}
