import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { LABELS } from './names.ts';
import { unlessGone } from './survey.ts';

type Labels = Readonly<Record<string, string>>;

const ROLLOUT_LABELS: ReadonlySet<string> = new Set(Object.values(LABELS));

/**
 * Labels of a container without rollout labels that only its image has: a container started by hand has all labels of
 * its image.
 */
export async function ownLabels(
  engine: Engine,
  { labels, imageId }: Pick<Container, 'labels' | 'imageId'>,
  signal: AbortSignal,
): Promise<Labels> {
  if (!Object.keys(labels).some((key) => ROLLOUT_LABELS.has(key))) return labels;
  const image = await unlessGone(engine.inspectImage(imageId, { signal }));
  // Each rollout sets an id that no image could know, and the other labels with it.
  if (image && labels[LABELS.deploy] !== image.labels[LABELS.deploy]) return labels;
  const isOwn = (key: string, value: string) =>
    !ROLLOUT_LABELS.has(key) || (image !== undefined && image.labels[key] !== value);
  return Object.fromEntries(Object.entries(labels).filter(([key, value]) => isOwn(key, value)));
}
