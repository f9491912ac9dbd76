import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import { describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openDesk, resultOf } from './desk.ts';
import { ownEngine } from './own-engine.ts';

const ownSocket = ownEngine();

const desk = () => openDesk({ one: ownSocket() }, ['prune']);

// Containerd's store fails to count while it removes what a build has left.
const cache = async () =>
  (
    JSON.parse(await vi.waitFor(() => mustCall(ownSocket(), 'GET', '/system/df'))) as {
      BuildCache: readonly { readonly ID: string; readonly Shared: boolean }[] | null;
    }
  ).BuildCache ?? [];

/** Builds an image with the engine's own BuildKit, which leaves cache behind. */
async function build(salt: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-build-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:1.0\nCOPY salt /salt\n');
    writeFileSync(join(folder, 'salt'), uniqueName(salt));
    const tar = execFileSync('tar', ['-C', folder, '-c', '.']);
    await mustCall(ownSocket(), 'POST', `/build?version=2&t=${uniqueName(salt)}:1`, Readable.from([tar]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describeWithEngine('prune of the build cache', () => {
  it('removes exactly the build cache it previewed, and not what was built since', async () => {
    await using it = await desk();
    await build('first');
    const before = await cache();

    const preview = resultOf<PreviewResult>(await it.say('prune cache'));
    const ids = preview.hosts.flatMap((host) => host.candidates.map((item) => item.id));
    await build('second');
    const since = (await cache()).filter(({ ID }) => !before.some((record) => record.ID === ID));
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${preview.id}`));
    const after = (await cache()).map(({ ID }) => ID);

    expect(ids.toSorted()).toEqual(before.flatMap(({ ID, Shared }) => (Shared ? [] : [ID])).toSorted());
    expect(ids.length).toBeGreaterThan(0);
    expect(since.length).toBeGreaterThan(0);
    expect(after).toEqual(expect.arrayContaining(since.map(({ ID }) => ID)));
    for (const id of ids) expect(after).not.toContain(id);
    expect(pruned.hosts).toMatchObject([{ removed: ids.length, bytes: preview.bytes, kept: [] }]);
  });

  it('offers cache that images share only with -a', async () => {
    await using it = await desk();
    await build('shared');
    const shared = (await cache()).filter(({ Shared }) => Shared).map(({ ID }) => ID);
    const offered = (preview: PreviewResult) =>
      preview.hosts.flatMap((host) => host.candidates.map((item) => item.id)).filter((id) => shared.includes(id));

    expect(offered(resultOf<PreviewResult>(await it.say('prune cache')))).toEqual([]);
    const all = resultOf<PreviewResult>(await it.say('prune cache -a'));
    expect(offered(all).toSorted()).toEqual(shared.toSorted());
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${all.id}`));

    // Containerd's image store keeps what an image still has of it, and that is said.
    expect(await cache()).toHaveLength(pruned.hosts[0]?.kept.length ?? 0);
    expect(pruned.hosts[0]?.removed).toBeGreaterThan(0);
  });

  it('says which cache was needed again meanwhile', async () => {
    await using it = await desk();
    await build('before');

    const all = resultOf<PreviewResult>(await it.say('prune cache -a'));
    await build('after');
    const pruned = resultOf<PrunedResult>(await it.say(`dock approve ${all.id}`));

    expect(pruned.hosts[0]?.kept.map(({ why }) => why)).toContain('still in use, or already removed');
  });
});
