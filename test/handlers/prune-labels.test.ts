import { expect, it } from 'vitest';
import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import type { Request } from '../../src/handlers/request.ts';
import { pruneView } from '../../src/slack/views/cleanup/prune.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const NOTHING = { LayersSize: 0, Containers: [], Volumes: [], BuildCache: [] };
const record = (ID: string, Description: string) => ({
  ...{ ID, Parents: [], Type: 'regular', Size: 10, InUse: false, Shared: false },
  ...{ Description, CreatedAt: '2026-01-01T00:00:00Z', LastUsedAt: null },
});
const cardOf = (preview: PreviewResult) =>
  JSON.stringify(pruneView(preview, { person: 'U0DEV1', line: 'prune' } as Request));

it('a build step shows no secret, on the card, in its file or in what is kept', async () => {
  const border = `${'x'.repeat(480)} https://bot:pw-of-registry@registry.test/`;
  await using engine = await fakeEngine({
    'GET /system/df': json({
      ...NOTHING,
      BuildCache: [
        record('a'.repeat(25), 'mount / from exec /bin/sh -c curl https://bot:pw-of-bot@git.test/x\u001b[31m\nnext'),
        record('b'.repeat(25), 'RUN |1 NPM_TOKEN=value-of-token /bin/sh -c npm ci --mount=type=secret'),
        record('c'.repeat(25), border),
        record('d'.repeat(25), `RUN ${'y'.repeat(100_000)} PASSWORD=late-secret`),
      ],
    }),
    'POST /build/prune': json({ message: 'refused for https://bot:pw-of-bot@git.test' }, 500),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['prune']);

  const preview = resultOf<PreviewResult>(await desk.say('prune cache'));
  const labels = preview.hosts.flatMap(({ candidates }) => candidates.map(({ label }) => label));
  const pruned = resultOf<PrunedResult>(await desk.say(`dock approve ${preview.id}`));

  const hidden = /pw-of|value-of-token|late-secret/u;
  expect(cardOf(preview)).not.toMatch(hidden);
  expect(JSON.stringify([preview, pruned])).not.toMatch(hidden);
  expect(labels.join('\n')).toContain('https://bot:***@git.test/x');
  for (const label of labels) {
    expect(label.length).toBeLessThanOrEqual(500);
    expect(label).not.toMatch(/[\n\u001b]/u);
  }
  expect(pruned.hosts[0]?.kept.map(({ why }) => why).join()).toContain('***');
});

it('a volume whose name is a secret is shown by neither its name nor its id', async () => {
  const Name = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
  await using engine = await fakeEngine({
    'GET /system/df': json(NOTHING),
    'GET /containers/json': json([]),
    'GET /volumes': json({ Volumes: [{ Name, Driver: 'local', Labels: {}, Mountpoint: '/x', Scope: 'local' }] }),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['prune']);

  const preview = resultOf<PreviewResult>(await desk.say(`prune volumes ${Name}`));

  expect(preview.total).toBe(1);
  expect(cardOf(preview)).not.toContain('ghp_abc');
});
