import { abortError } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import { toEngineError } from './faults.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';

/** Reading whole images. */
export interface ExportCalls {
  /**
   * An image as a tar archive, as `docker save` writes it. The engine copies the image to its own disk first, which may take
   * minutes and as many bytes as the image has. The archive is not validated here.
   */
  exportImage(imageId: string, options?: CallOptions): AsyncIterable<Uint8Array>;
}

export function exportCalls(link: Link, { exportMs }: { readonly exportMs: number }): ExportCalls {
  return {
    async *exportImage(imageId, options) {
      const signal = options?.signal;
      const path = `/images/${pathId('image', imageId)}/get`;
      const stream = await link.stream({ method: 'GET', path, signal, deadlineMs: exportMs });
      try {
        yield* stream as AsyncIterable<Buffer>;
      } catch (error) {
        throw signal?.aborted ? abortError(signal) : toEngineError(error);
      } finally {
        stream.destroy();
      }
    },
  };
}
