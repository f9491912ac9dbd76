import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { type Answer, fakeEngine, IMAGE_ID, json } from '../fake-engine.ts';

const gone = (message: string, status = 404) => json({ message }, status);

/** What Docker 28.5 with containerd's store answers while images and containers are removed; then the whole list. */
const LISTS: readonly [string, string, Answer, Answer, (engine: Engine) => Promise<unknown>][] = [
  ['images', '/images/json', gone(`content digest ${IMAGE_ID}: not found`), json([]), (it) => it.listImages({})],
  [
    'containers',
    '/containers/json',
    gone('NotFound: snapshot x does not exist'),
    json([]),
    (it) => it.listContainers({}),
  ],
  [
    'sizes of containers',
    '/containers/json',
    gone('rw layer snapshot not found for container x', 500),
    json([]),
    (it) => it.containerSizes(),
  ],
  [
    'disk usage',
    '/system/df',
    gone('NotFound: snapshot x does not exist: not found'),
    json({ Containers: [], Volumes: [], BuildCache: [] }),
    (it) => it.diskUsage(),
  ],
];

describe.each(LISTS)('a list of %s while something of it is removed', (_, path, whileRemoving, whole, list) => {
  async function ask(answers: readonly Answer[]) {
    let asked = 0;
    await using fake = await fakeEngine({
      [`GET ${path}`]: (...call) => {
        answers[asked]?.(...call);
        asked += 1;
      },
    });
    const failed = await list(connectEngine({ kind: 'unix', socketPath: fake.socketPath })).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { asked, failed };
  }

  it('is asked for again', async () => {
    expect(await ask([whileRemoving, whileRemoving, whole])).toEqual({ asked: 3, failed: undefined });
  });

  it('fails in the words of the engine when it fails each time', async () => {
    const { asked, failed } = await ask([0, 1, 2, 3, 4].map(() => whileRemoving));
    expect(asked).toBe(4);
    expect(failed).toMatchObject({ name: 'EngineError', engineSaid: expect.stringContaining('not') });
  });
});
