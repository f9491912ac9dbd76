import { z } from 'zod';
import { dateOf } from './date.ts';
import { listOf } from './list-of.ts';
import { platformOf } from './platform.ts';
import type { ScanCounts, TagDetail } from './types.ts';

const Platform = z.lazy(() =>
  z.object({
    os: z.string().nullish(),
    architecture: z.string().nullish(),
    variant: z.string().nullish(),
  }),
);

/**
 * An artifact of Harbor 2 as its API gives it (api/v2.0/swagger.yaml): only what is read here. `scan_overview` is keyed by
 * the type of the report.
 */
const Artifact = z.lazy(() =>
  z.object({
    digest: z.string(),
    size: z.number().nullish(),
    push_time: z.string().nullish(),
    extra_attrs: Platform.nullish(),
    references: listOf(z.object({ platform: Platform.nullish() }), 1000).nullish(),
    tags: listOf(z.object({ name: z.string(), push_time: z.string().nullish() }), 5000).nullish(),
    accessories: listOf(z.object({ type: z.string() }), 1000).nullish(),
    scan_overview: z
      .record(
        z.string(),
        z.object({
          scan_status: z.string().nullish(),
          summary: z.object({ summary: z.record(z.string(), z.number()).nullish() }).nullish(),
        }),
      )
      .nullish(),
  }),
);

/** What Harbor says of a tag. Throws a `ZodError` for what is no artifact. */
export function harborDetail(answer: unknown, tag: string): TagDetail {
  const artifact = Artifact.parse(answer);
  const children = (artifact.references ?? []).flatMap(({ platform }) => platformOf(platform));
  const own = platformOf(artifact.extra_attrs);
  const pushed = artifact.tags?.find(({ name }) => name === tag)?.push_time ?? artifact.push_time;
  return {
    digest: artifact.digest,
    date: dateOf(pushed, 'pushed'),
    bytes: artifact.size ?? undefined,
    sizeOf: undefined,
    platforms: [...new Set(children.length > 0 ? children : own)],
    signature: signatureOf(artifact.accessories),
    scan: scanOf(artifact.scan_overview),
  };
}

function signatureOf(accessories: z.infer<typeof Artifact>['accessories']): TagDetail['signature'] {
  if (accessories?.some(({ type }) => type.startsWith('signature.'))) return 'present';
  // Harbor omits the list both where there are none and where it was not asked for; a referrer says more.
  return 'unknown';
}

/** The worst first; Harbor leaves out what it found none of. */
const SEVERITIES = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];

function scanOf(overview: z.infer<typeof Artifact>['scan_overview']): ScanCounts {
  const [first] = Object.values(overview ?? {});
  if (first === undefined) return { status: 'not_scanned', counts: [] };
  const found = first.summary?.summary ?? {};
  const counts = SEVERITIES.flatMap((severity) => {
    const count = found[severity] ?? 0;
    return count > 0 ? [{ severity: severity.toLowerCase(), count }] : [];
  });
  return { status: (first.scan_status ?? 'unknown').slice(0, 40).toLowerCase(), counts };
}
