import { type ProgressLine, readTransfer, type TransferWords } from './progress-lines.ts';
import type { TransferProgress } from './types.ts';

/** Result of a pull, from its last status lines. */
export interface PullSummary {
  readonly downloaded: boolean;
  readonly digest: string | undefined;
}

const DONE = ['Pull complete', 'Already exists'];
export const PULL: TransferWords = {
  noun: 'pull',
  moving: 'Downloading',
  order: ['Pulling fs layer', 'Waiting', 'Downloading', 'Verifying Checksum', 'Download complete', 'Extracting'],
  isDone: (status) => DONE.includes(status),
};

/** Reads the progress of a pull to its end; rejects with an `EngineError` when a line reports a failure. */
export async function readProgress(
  chunks: AsyncIterable<Buffer>,
  onProgress: (progress: TransferProgress) => void,
  onLine: (line: ProgressLine) => void,
): Promise<PullSummary> {
  const said = { upToDate: false, newer: false, digest: undefined as string | undefined };
  const layers = await readTransfer(chunks, PULL, onProgress, (line) => {
    onLine(line);
    const status = line.status ?? '';
    said.upToDate ||= status.startsWith('Status: Image is up to date');
    said.newer ||= status.startsWith('Status: Downloaded newer image');
    said.digest = /^Digest: (sha256:[0-9a-f]{64})$/u.exec(status)?.[1] ?? said.digest;
  });
  // Podman reports neither, so a downloaded layer decides.
  const fetched = [...layers.values()].some(({ status }) => /^(?:Pull|Download) complete/u.test(status));
  return { downloaded: said.newer || (!said.upToDate && fetched), digest: said.digest };
}
