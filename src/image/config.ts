import { z } from 'zod';

const MOST_HISTORY = 1000;
const MOST_NAMES = 2000;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const texts = z
  .array(z.string())
  .max(MOST_NAMES)
  .nullish()
  .transform((value) => value ?? []);
const keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => Object.keys(value ?? {}).slice(0, MOST_NAMES));

/** The settings of an image and how it was built: its config, as engines and registries keep it. */
export const ImageConfig = z.lazy(() =>
  z.object({
    architecture: text,
    os: text,
    config: z
      .object({
        Env: texts,
        User: text,
        WorkingDir: text,
        Entrypoint: texts,
        Cmd: texts,
        ExposedPorts: keys,
        Healthcheck: z.object({ Test: texts }).nullish(),
      })
      .nullish(),
    history: z
      .array(z.object({ created_by: text, empty_layer: z.boolean().nullish() }))
      .max(MOST_HISTORY)
      .nullish()
      .transform((value) => value ?? []),
    rootfs: z.object({ diff_ids: texts }),
  }),
);
export type ImageConfig = z.infer<typeof ImageConfig>;

/** The list of images in what an engine exports; the files of the archive that make each. */
export const ArchiveManifest = z
  .array(z.object({ Config: z.string().max(500), Layers: z.array(z.string().max(500)).max(MOST_HISTORY) }))
  .min(1)
  .max(100);
export type ArchiveManifest = z.infer<typeof ArchiveManifest>;

/** How each layer was made, in the order of the layers; undefined where the history does not say. */
export function stepsOf({ history }: ImageConfig, layers: number): (string | undefined)[] {
  const steps = history.filter((step) => !step.empty_layer).map((step) => step.created_by);
  // Other builders leave steps out; then it is not known which layer a step made.
  return Array.from({ length: layers }, (_, index) => (steps.length === layers ? steps[index] : undefined));
}
