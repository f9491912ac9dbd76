import type { ImagesArgs } from '../../commands/images/images.ts';
import { engineFilters } from '../../commands/language/filters.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { Image } from '../../docker/client/types.ts';
import { byName, sortPaced } from '../../paced/sort.ts';
import { handler } from '../handler.ts';
import { matchesReference } from '../match.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { type Page, pagedOver } from '../paged.ts';
import type { Timed } from '../request.ts';
import { nearImage } from './near-image.ts';

export interface ImageRow {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | undefined;
  /** Twelve hex digits. */
  readonly id: string;
  readonly createdAt: number;
  readonly bytes: number;
  readonly dangling: boolean;
  readonly inUse: boolean;
}

export interface ImagesResult extends Timed, Page<ImageRow> {
  readonly hosts: readonly {
    readonly host: string;
    readonly images: number;
    readonly bytes: number;
    readonly dangling: number;
  }[];
  readonly digests: boolean;
  /** The image that may be meant where none matches. */
  readonly near: string | undefined;
}

export const PAGE_ROWS = 20;

export const images = handler<ImagesArgs, ImagesResult>()(['hosts', 'now', 'redact'], async (request, deps, run) => {
  const { args } = request;
  const read = (engine: Engine, host: string) => readHost(engine, host, args, run.signal);
  return overHosts(request, deps, run, {
    each: read,
    resultOf: ({ values, failures }) => ({
      ...timed(request, deps.now(), failures),
      hosts: values.map(({ host, value: { first: _, total: __, near: ___, ...counts } }) => ({ host, ...counts })),
      near: values.some(({ value }) => value.total > 0)
        ? undefined
        : values.find(({ value }) => value.near)?.value.near,
      ...pagedOver(
        values.map(({ value }) => value),
        args.page,
        PAGE_ROWS,
      ),
      digests: args.digests,
    }),
  });
});

/** What is kept of a host: its counts, and the rows that a page may show, so that memory does not grow with its images. */
interface HostImages {
  readonly images: number;
  readonly bytes: number;
  readonly dangling: number;
  /** Rows there are: one for each tag. */
  readonly total: number;
  readonly first: readonly ImageRow[];
  /** The image that may be meant where none matches. */
  readonly near: string | undefined;
}

async function readHost(engine: Engine, host: string, args: ImagesArgs, signal: AbortSignal): Promise<HostImages> {
  const filters = engineFilters(args.filter);
  const [images, containers] = await Promise.all([
    engine.listImages({ all: args.all, filters }, { signal }),
    engine.listContainers({ all: true }, { signal }),
  ]);
  const wanted = args.reference;
  const matching =
    wanted === undefined
      ? images
      : images.filter((image) => [...image.tags, ...image.digests].some((name) => matchesReference(wanted, name)));
  const used = new Set(containers.map((container) => container.imageId));
  const rows = await sortRows(rowsOf(host, matching, used, args), args.sort);
  return {
    images: matching.length,
    bytes: matching.reduce((sum, image) => sum + image.bytes, 0),
    dangling: matching.filter((image) => image.tags.length === 0).length,
    total: rows.length,
    first: rows.slice(0, args.page * PAGE_ROWS),
    near:
      matching.length > 0 || wanted === undefined
        ? undefined
        : nearImage(
            wanted,
            images.flatMap(({ tags }) => tags),
          ),
  };
}

function rowsOf(host: string, images: readonly Image[], used: ReadonlySet<string>, args: ImagesArgs): ImageRow[] {
  return images.flatMap((image) => {
    const common = {
      host,
      id: image.id.replace('sha256:', '').slice(0, args.noTrunc ? 64 : 12),
      createdAt: image.createdAt,
      bytes: image.bytes,
      inUse: used.has(image.id),
    };
    const wanted = args.reference;
    const tags = image.tags.filter((tag) => wanted === undefined || matchesReference(wanted, tag));
    if (tags.length === 0) {
      const digest = image.digests[0];
      return [
        {
          ...common,
          repository: digest?.split('@')[0] ?? '<none>',
          tag: '<none>',
          digest: digest?.split('@')[1],
          dangling: image.tags.length === 0,
        },
      ];
    }
    return tags.map((tag) => {
      const colon = tag.lastIndexOf(':');
      const repository = tag.slice(0, colon);
      return {
        ...common,
        repository,
        tag: tag.slice(colon + 1),
        digest: image.digests.find((digest) => digest.startsWith(`${repository}@`))?.split('@')[1],
        dangling: false,
      };
    });
  });
}

function sortRows(rows: readonly ImageRow[], by: ImagesArgs['sort']): Promise<ImageRow[]> {
  const compareNames = (a: ImageRow, b: ImageRow) => byName(a.repository, b.repository) || byName(a.tag, b.tag);
  if (by === 'name') return sortPaced(rows, compareNames);
  return sortPaced(
    rows,
    (a, b) => (by === 'size' ? b.bytes - a.bytes : b.createdAt - a.createdAt) || compareNames(a, b),
  );
}
