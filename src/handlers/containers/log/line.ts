export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The engine's own time of it, where the log was read with timestamps. */
  readonly at?: string;
}

/** What to do with the times an engine wrote before the lines: there are none, take them off, or leave them to be read. */
export type Stamps = 'none' | 'off' | 'shown';

/** Lines as they were read, and how many there were with those left out because they could not match. */
export interface LogBatch {
  readonly lines: readonly LogLine[];
  readonly read: number;
}
