import { createPace } from '../../paced/pace.ts';
import type { Gone } from '../layer/merge.ts';
import { type Finding, Heap } from './finding.ts';

const LEAST_BYTES = 100_000;

/** Finds what one layer adds and a later one deletes or replaces: one finding for each two layers. */
export async function findDeleted(gone: readonly Gone[], steps: readonly (string | undefined)[]): Promise<Finding[]> {
  const pace = createPace();
  const pairs = new Map<string, { readonly of: Gone; readonly heap: Heap; sameBytes: number }>();
  for (const one of gone) {
    const key = `${one.how} ${one.addedIn} ${one.goneIn}`;
    const pair = pairs.get(key) ?? { of: one, heap: new Heap(), sameBytes: 0 };
    pairs.set(key, pair);
    pair.heap.add(one, [one.addedIn, one.goneIn]);
    if (one.isSameSize) pair.sameBytes += one.bytes;
    await pace();
  }
  return [...pairs.values()]
    .filter(({ heap }) => heap.bytes >= LEAST_BYTES)
    .map(({ of, heap, sameBytes }) => heap.finding(about(of, sameBytes > heap.bytes / 2, steps)));
}

function about({ how, addedIn, goneIn }: Gone, isSame: boolean, steps: readonly (string | undefined)[]) {
  const [added, gone] = [addedIn + 1, goneIn + 1];
  if (how === 'deleted')
    return {
      id: 'deleted-later',
      title: `files of layer ${added} that layer ${gone} deletes`,
      change: `Delete them in the \`RUN\` that adds them (layer ${added}): a later one only hides them.`,
    };
  const isOwner = /\bch(?:own|mod|grp)\b/u.test(steps[goneIn]?.slice(0, 20_000) ?? '');
  return {
    id: isSame && isOwner ? 'owner-changed-later' : 'replaced-later',
    title: `files of layer ${added} that layer ${gone} ${isSame && isOwner ? 'copies to change owner or mode' : 'replaces'}`,
    change:
      isSame && isOwner
        ? `Use \`COPY --chown=… --chmod=…\` in layer ${added} instead: a later \`chown\` stores every file again.`
        : `Write them once: layer ${added} is kept below layer ${gone}.`,
  };
}
