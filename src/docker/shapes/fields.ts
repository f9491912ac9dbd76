import { z } from 'zod';

/** Maximum entries of a list within an element: mounts, names, networks. */
const MAX_ITEMS = 10_000;
/** Maximum entries of a record, such as labels. */
export const MAX_LABELS = 5000;

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * Building blocks of the shapes. Only fields that are used are read, and leniently: engines from API 1.41 to 1.56 omit
 * different ones or send null.
 */
export const list = <T extends z.ZodType>(item: T, most = MAX_ITEMS) =>
  z.lazy(() =>
    z
      .unknown()
      .optional()
      .refine((value) => !Array.isArray(value) || value.length <= most, `has more than ${most} entries`)
      .pipe(z.array(item).nullish())
      .transform((value) => value ?? []),
  );

export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
export const records = <T extends z.ZodType>(value: T) =>
  z.lazy(() =>
    z
      .unknown()
      .optional()
      .refine(
        (entries) => !isRecord(entries) || Object.keys(entries).length <= MAX_LABELS,
        `has more than ${MAX_LABELS} entries`,
      )
      .pipe(z.record(z.string(), value).nullish()),
  );
/** Labels: anyone who makes one image or container chooses them, so too many are cut, and the rest of the list can be read. */
export const labels = z.lazy(() =>
  z
    .unknown()
    .optional()
    .transform((entries) => (isRecord(entries) ? firstEntries(entries) : entries))
    .pipe(z.record(z.string(), z.string()).nullish())
    .transform((value) => value ?? {}),
);

function firstEntries(entries: object): object {
  const keys = Object.keys(entries);
  if (keys.length <= MAX_LABELS) return entries;
  const read = entries as Readonly<Record<string, unknown>>;
  return Object.fromEntries(keys.slice(0, MAX_LABELS).map((key) => [key, read[key]]));
}

export const strings = records(z.string()).transform((value) => value ?? {});

/** Unix milliseconds; undefined for the engine's zero time. */
export function time(iso: string | null | undefined): number | undefined {
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

interface RawNames {
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
}

export const Descriptor = z.object({ digest: z.string() }).nullish();

/**
 * The digest of an image's manifest, by which its registry knows it too. Only containerd's image store has it as the id, and
 * says so from API 1.48.
 */
export function manifestOf(raw: { readonly Id: string; readonly Descriptor?: z.infer<typeof Descriptor> }): {
  readonly manifest?: string;
} {
  return raw.Descriptor?.digest === raw.Id ? { manifest: raw.Id } : {};
}

/**
 * Names of an image. Old engines say `<none>` where there is none; a containerd image store lists names by digest among
 * the tags, and not all of them among the digests.
 */
export function namesOfImage({ RepoTags, RepoDigests }: RawNames): { tags: string[]; digests: string[] } {
  const names = [...new Set([...RepoTags, ...RepoDigests])].filter((name) => !name.startsWith('<none>'));
  return {
    tags: names.filter((name) => !name.includes('@')),
    digests: names.filter((name) => name.includes('@')),
  };
}
