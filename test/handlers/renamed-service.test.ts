import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeploymentsResult } from '../../src/handlers/deploy/deployment-lines.ts';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import { versionsView } from '../../src/slack/views/deploy/versions.ts';
import { openDesk, PERSON, resultOf } from './desk.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-renamed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A desk whose config has these services, all of one image, over the database of the one before. */
const desk = (...services: readonly string[]) =>
  openDesk(
    { 'web-1': '/nowhere/engine.sock' },
    ['deploy', 'rollback', 'history'],
    {
      services: Object.fromEntries(
        services.map((name) => [name, { image: 'registry.test/shop', hosts: 'all', container: { name: `${name}-1` } }]),
      ),
    },
    `file:${join(folder, 'test.db')}`,
  );

/** Two versions of `old` were healthy. */
async function deployedAsOld(): Promise<void> {
  await using it = await desk('old');
  for (const [tag, letter, at] of [
    ['1.4.0', 'a', 1],
    ['1.5.0', 'b', 2],
  ] as const)
    await it.store.versions.record({
      service: 'old',
      host: 'web-1',
      repository: 'registry.test/shop',
      digest: digest(letter),
      tag,
      deployment: 'D1',
      by: PERSON,
      at,
      verdict: 'deployed',
    });
}

it('a service that was renamed in the config has its versions under the old name to deploy', async () => {
  await deployedAsOld();
  await using it = await desk('new');

  const list = resultOf<VersionsResult>(await it.say('/rollback new'));
  expect(list.versions).toEqual([]);
  expect(list.former.map(({ service, tag }) => [service, tag])).toEqual([
    ['old', '1.5.0'],
    ['old', '1.4.0'],
  ]);
  expect(JSON.stringify(versionsView(list).blocks)).toContain(`/deploy new ${digest('a')}`);
  expect(await it.say('/rollback new 1.4.0')).toMatchObject({
    kind: 'refused',
    reason: 'not_found',
    text: expect.stringContaining('`old`'),
    choices: [{ line: `deploy new ${digest('a')}` }],
  });
  expect(resultOf<DeploymentsResult>(await it.say('/dock history new')).former).toEqual(['old']);
});

it('a service that the config still has is no former name of another', async () => {
  await deployedAsOld();
  await using it = await desk('old', 'new');

  expect(resultOf<VersionsResult>(await it.say('/rollback new')).former).toEqual([]);
  expect(resultOf<DeploymentsResult>(await it.say('/dock history new')).former).toEqual([]);
});
