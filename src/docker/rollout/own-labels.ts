import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { LABELS } from './names.ts';
import { unlessGone } from './survey.ts';

type Labels = Readonly<Record<string, string>>;

const ROLLOUT_LABELS: ReadonlySet<string> = new Set(Object.values(LABELS));

/**
 * The labels of a container without those of a rollout that nobody but the maker of its image wrote: a container started
 * by hand has all that its image has.
 */
export async function ownLabels(
  engine: Engine,
  { labels, imageId }: Pick<Container, 'labels' | 'imageId'>,
  signal: AbortSignal,
): Promise<Labels> {
  if (!Object.keys(labels).some((key) => ROLLOUT_LABELS.has(key))) return labels;
  const image = await unlessGone(engine.inspectImage(imageId, { signal }));
  // Each rollout writes an id that no image knew before, and the others with it.
  if (image && labels[LABELS.deploy] !== image.labels[LABELS.deploy]) return labels;
  const isOwn = (key: string, value: string) =>
    !ROLLOUT_LABELS.has(key) || (image !== undefined && image.labels[key] !== value);
  return Object.fromEntries(Object.entries(labels).filter(([key, value]) => isOwn(key, value)));
}
