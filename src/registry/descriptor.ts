import { z } from 'zod';

export const DIGEST = /^sha256:[0-9a-f]{64}$/u;
/** Other algorithms of the specification; such content can be named, but only sha256 is checked. */
const ANY_DIGEST = /^[a-z0-9]{1,32}(?:[+._-][a-z0-9]{1,32}){0,4}:[a-zA-Z0-9=_-]{32,200}$/u;
const Short = z.string().max(255);

/** At most this many entries of any list or map of a manifest; images have a tenth of that. */
export const MOST_ENTRIES = 2000;

export const Annotations = z.record(z.string().max(1000), z.string().max(100_000));

/** Names content by its digest: the specification's descriptor, as far as it is used. */
export const Descriptor = z.object({
  mediaType: Short,
  digest: z.string().regex(ANY_DIGEST),
  size: z.int().min(0),
  artifactType: Short.optional(),
  annotations: Annotations.optional(),
  platform: z.object({ os: Short.default(''), architecture: Short.default(''), variant: Short.optional() }).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;
