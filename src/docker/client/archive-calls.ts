import type { IncomingMessage } from 'node:http';
import { PathStat, type PathStatOf } from '../shapes/path-stat.ts';
import { readShape } from '../shapes/read.ts';
import { abortError } from './abort.ts';
import type { CallOptions } from './call-options.ts';
import { EngineError } from './engine-error.ts';
import { toEngineError } from './faults.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';

/** Reading files of a container, running or not. Paths are absolute; an engine resolves them within the container. */
export interface ArchiveCalls {
  /** What is at a path, without following a link at its end. Rejects with `not_found` when nothing is. */
  statPath(containerId: string, path: string, options?: CallOptions): Promise<PathStatOf>;
  /**
   * What is at a path as a tar archive of at most `mostBytes`; rejects with `too_large` beyond that. A folder is all that
   * is in it, so ask `statPath` first.
   */
  readArchive(
    containerId: string,
    query: { readonly path: string; readonly mostBytes: number },
    options?: CallOptions,
  ): Promise<Buffer>;
}

const STAT_HEADER = 'x-docker-container-path-stat';
const MOST_HEADER = 20_000;

export function archiveCalls(link: Link, { listMs }: { readonly listMs: number }): ArchiveCalls {
  const ask = (method: 'HEAD' | 'GET', containerId: string, path: string, options: CallOptions | undefined) =>
    link.stream({
      method,
      path: `/containers/${pathId('container', containerId)}/archive`,
      query: { path: absolute(path) },
      signal: options?.signal,
      deadlineMs: listMs,
    });
  return {
    async statPath(containerId, path, options) {
      const response = await ask('HEAD', containerId, path, options);
      response.destroy();
      return readShape(PathStat, statIn(response));
    },
    async readArchive(containerId, { path, mostBytes }, options) {
      const response = await ask('GET', containerId, path, options);
      const parts: Buffer[] = [];
      let bytes = 0;
      try {
        for await (const part of response as AsyncIterable<Buffer>) {
          bytes += part.length;
          if (bytes > mostBytes) throw new EngineError('too_large', `a file of more than ${mostBytes} bytes`);
          parts.push(part);
        }
      } catch (error) {
        throw options?.signal?.aborted ? abortError(options.signal) : toEngineError(error);
      } finally {
        response.destroy();
      }
      return Buffer.concat(parts);
    },
  };
}

function absolute(path: string): string {
  if (path.startsWith('/') && path.length <= 4096 && !path.includes('\0')) return path;
  throw new EngineError('refused', 'Not an absolute path.');
}

function statIn({ headers }: IncomingMessage): unknown {
  const { [STAT_HEADER]: encoded } = headers;
  try {
    if (typeof encoded === 'string' && encoded.length <= MOST_HEADER)
      return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown;
  } catch {
    // Reported below.
  }
  throw new EngineError('protocol', "Not an engine's answer: it does not say what is at the path.");
}
