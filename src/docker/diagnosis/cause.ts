import type { Phrase } from '../../domain/phrase.ts';

/** One possible cause of a failure. */
export interface Cause {
  /** Stable: tests and the audit log name causes by it. */
  readonly id: string;
  /** How sure it is, by `SURE`; of two causes the surer one is named first. */
  readonly rank: number;
  /** What happened, in one sentence without the name of the container or image. */
  readonly sentence: Phrase;
  /** What shows it, in at most three lines: redacted and cut. */
  readonly evidence: readonly string[];
  /** What to do. */
  readonly advice: Phrase;
  /** Commands that help, the best first: the first that the reader may give becomes a button. */
  readonly next: readonly NextStep[];
}

export interface NextStep {
  readonly label: string;
  /** A command line without its slash: `logs shop -n 100 --on web-1`. */
  readonly line: string;
}

/** How sure a cause is. Rules add a little to it where one of two in the same class says more. */
export const SURE = {
  /** The engine names it. */
  told: 90,
  /** State and events prove it. */
  seen: 70,
  /** The log or a health check says so. */
  said: 50,
  /** Only an exit code, or a habit of such failures. */
  guessed: 20,
  /** Worth knowing, and seldom the cause. */
  aside: 5,
} as const;

export interface Diagnosis {
  /** Likeliest first. */
  readonly causes: readonly Cause[];
  /** What was looked at, for an honest "no cause found". */
  readonly lookedAt: readonly string[];
  /** What could not be read in time. */
  readonly unread: readonly string[];
}
