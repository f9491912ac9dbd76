import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { callEngine, mustSend } from '../../playground/engine/api.ts';
import type { SlimResult } from '../../src/handlers/images/slim.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { chunks, fakeEngine, IMAGE_ID, json, text } from '../docker/fake-engine.ts';
import { archiveOf, loadImage, tar } from '../image/pack.ts';
import { PLANTED } from '../image/planted.ts';
import { openDesk, resultOf } from './desk.ts';
import { bytesById, withinFivePercent } from './slim-bytes.ts';

const socket = () => bed().sockets[0] ?? '';

async function loaded(image: (typeof PLANTED)[number]): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `${uniqueName('slim')}/${image.name}:1.4.0`;
  await loadImage(socket(), name, image.image);
  return { name, [Symbol.asyncDispose]: async () => void (await callEngine(socket(), 'DELETE', `/images/${name}`)) };
}

describeWithEngine('slim of an image on a host', () => {
  it.each(PLANTED)('names what was planted in the image of $name', { timeout: 60_000 }, async (planted) => {
    await using image = await loaded(planted);
    await using it = await openDesk({ one: socket() }, ['slim']);

    const result = resultOf<SlimResult>(await it.say(`dock slim ${image.name}`));

    withinFivePercent(bytesById(result), planted.finds, planted.name);
    const sum = Object.values(planted.finds).reduce((all, one) => all + one, 0);
    expect(Math.abs(result.analysis.savedBytes - sum)).toBeLessThanOrEqual(sum * 0.05);
    expect(result.analysis.language).toBe(planted.language);
    expect(result.analysis.layers.map(({ number, cut }) => ({ number, cut }))).toEqual(
      planted.image.layers.map((_, index) => ({ number: index + 1, cut: undefined })),
    );
    expect(result).toMatchObject({ image: image.name, from: { at: 'host', name: 'one' } });
    expect(JSON.stringify(result)).not.toMatch(/hunter2|npm_a8Fh/u);
  });
});

const DOCKERFILE = `FROM busybox:1.0
ENV DB_PASSWORD=hunter2-Xy7q
RUN dd if=/dev/urandom of=/opt-sdk.tgz bs=1000000 count=4 && mkdir -p /var/cache/apk /app && echo x > /app/kept
RUN rm /opt-sdk.tgz && dd if=/dev/urandom of=/var/cache/apk/APKINDEX bs=1000000 count=2
RUN dd if=/dev/urandom of=/app/server bs=1000000 count=3
RUN chown -R 1000 /app
USER 1000
`;

describeWithEngine('slim of an image that an engine builds', () => {
  it('names what its steps left', { timeout: 120_000 }, async () => {
    const name = `${uniqueName('slim')}/built:1.0.0`;
    const body = Readable.from([tar([{ name: 'Dockerfile', content: DOCKERFILE }])], { objectMode: false });
    await mustSend(socket(), { method: 'POST', path: `/build?t=${name}&networkmode=none&forcerm=true`, body });
    await using it = await openDesk({ one: socket() }, ['slim']);

    const result = resultOf<SlimResult>(await it.say(`dock slim ${name}`));
    await callEngine(socket(), 'DELETE', `/images/${name}`);

    const planted = { 'deleted-later': 4e6, 'apk-cache': 2e6, 'owner-changed-later': 3e6 };
    withinFivePercent(bytesById(result), { ...planted, 'secret-environment': 0, 'no-healthcheck': 0 }, name);
    const chown = result.analysis.layers.at(-1);
    expect(chown?.step).toBe('RUN chown -R 1000 /app');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

const HEAVY = 3_000_000_000;
const heavy = (routes: Parameters<typeof fakeEngine>[0] = {}) =>
  fakeEngine({
    'GET /images/json': json([
      { Id: IMAGE_ID, RepoTags: ['shop:1.4.0'], RepoDigests: [`shop@${IMAGE_ID}`], Size: HEAVY },
    ]),
    [`GET /images/${encodeURIComponent(IMAGE_ID)}/json`]: json({
      Id: IMAGE_ID,
      Size: HEAVY,
      RepoDigests: [`shop@${IMAGE_ID}`],
    }),
    ...routes,
  });
const EXPORT = `GET /images/${encodeURIComponent(IMAGE_ID)}/get`;

it('asks before an engine copies a large image to its disk', async () => {
  await using engine = await heavy({ [EXPORT]: text('') });
  await using it = await openDesk({ one: engine.socketPath }, ['slim']);

  const refused = await it.say('dock slim shop:1.4.0');

  expect(refused).toMatchObject({ kind: 'refused', reason: 'too_large' });
  const lines = refused.kind === 'refused' ? refused.choices.map(({ line }) => line) : [];
  expect(lines).toEqual([expect.stringMatching(/--from registry$/u), expect.stringMatching(/--from host$/u)]);
  expect(engine.asked.some(({ line }) => line.includes('/get'))).toBe(false);
  await it.say(lines[1] ?? '');
  expect(engine.asked.some(({ line }) => line.includes('/get'))).toBe(true);
});

it.each([
  ['nothing', text('')],
  ['noise', text('x'.repeat(5000))],
  ['an archive that ends early', chunks([archiveOf({ layers: [] }, 'shop:1.4.0').subarray(0, 700)])],
  ['an error', json({ message: 'no space left on device' }, 500)],
])('says that the image was not read when the engine gives %s', async (_, answer) => {
  await using engine = await heavy({ [EXPORT]: answer });
  await using it = await openDesk({ one: engine.socketPath }, ['slim']);

  expect(await it.say('dock slim shop:1.4.0 --from host')).toMatchObject({ kind: 'refused', reason: 'engine_refused' });
});

it('reads one image of a host at a time', async () => {
  let open = 0;
  let most = 0;
  await using engine = await heavy({
    [EXPORT]: async (response) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      response.end(archiveOf({ layers: [] }, 'shop:1.4.0'));
    },
  });
  await using it = await openDesk({ one: engine.socketPath }, ['slim']);
  const all = await Promise.all([1, 2, 3].map(() => it.say('dock slim shop:1.4.0 --from host')));

  expect(all.map(({ kind }) => kind)).toEqual(['result', 'result', 'result']);
  expect(most).toBe(1);
});
