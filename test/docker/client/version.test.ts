import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { type Answer, fakeEngine, json, VERSION } from '../fake-engine.ts';

const info: Answer = json({ Name: 'one' });
const at = (fake: { readonly socketPath: string }) => connectEngine({ kind: 'unix', socketPath: fake.socketPath });

describe('the API version', () => {
  it.each([
    ['1.41', '1.12', 41],
    ['1.43', '1.24', 43],
    ['1.51', '1.44', 51],
    ['1.56', '1.40', 51],
  ])('of an engine with %s (at least %s) is 1.%d', async (ApiVersion, MinAPIVersion, spoken) => {
    await using fake = await fakeEngine({
      'GET /version': json({ ...VERSION, ApiVersion, MinAPIVersion }),
      'GET /info': info,
    });

    await at(fake).info();

    expect(fake.asked.map(({ line }) => line)).toEqual(['GET /version', `GET /v1.${spoken}/info`]);
  });

  it.each([
    ['1.40', '1.12', 'The engine speaks API 1.12 to 1.40; Fairlead speaks 1.41 to 1.51.'],
    ['1.60', '1.52', 'The engine speaks API 1.52 to 1.60; Fairlead speaks 1.41 to 1.51.'],
  ])('%s (at least %s) is not one we speak', async (ApiVersion, MinAPIVersion, words) => {
    await using fake = await fakeEngine({ 'GET /version': json({ ...VERSION, ApiVersion, MinAPIVersion }) });

    await expect(at(fake).info()).rejects.toMatchObject({ fault: 'api_version', engineSaid: words });
  });

  it('is agreed once for all calls', async () => {
    await using fake = await fakeEngine({ 'GET /info': info });
    const engine = at(fake);

    await Promise.all([engine.info(), engine.info(), engine.info()]);
    await engine.info();

    expect(fake.asked.filter(({ line }) => line === 'GET /version')).toHaveLength(1);
  });

  it('is agreed anew when the engine was replaced by one that takes it no more', async () => {
    let newest = 43;
    const refuse = (url: string) => !url.startsWith(`/v1.${newest}/`);
    await using fake = await fakeEngine({
      'GET /version': (response) => response.end(JSON.stringify({ ...VERSION, ApiVersion: `1.${newest}` })),
      'GET /info': (response, request) =>
        refuse(request.url ?? '')
          ? json({ message: `client version 1.43 is too new. Maximum supported API version is 1.${newest}` }, 400)(
              response,
              request,
            )
          : info(response, request),
    });
    const engine = at(fake);
    await engine.info();
    newest = 42;

    await expect(engine.info()).resolves.toMatchObject({ name: 'one' });

    expect(fake.asked.at(-1)?.line).toBe('GET /v1.42/info');
  });

  it('is agreed anew when the engine was upgraded and would take the old one still', async () => {
    let newest = '1.41';
    const says: (answer: Answer) => Answer = (answer) => (response, request) => {
      response.setHeader('Api-Version', newest);
      answer(response, request);
    };
    await using fake = await fakeEngine({
      'GET /version': says((response) => response.end(JSON.stringify({ ...VERSION, ApiVersion: newest }))),
      'GET /info': says(info),
    });
    const engine = at(fake);
    await engine.info();
    newest = '1.51';

    await engine.info();
    await engine.info();
    await engine.info();

    expect(fake.asked.map(({ line }) => line)).toEqual([
      'GET /version',
      'GET /v1.41/info',
      'GET /v1.41/info',
      'GET /version',
      'GET /v1.51/info',
      'GET /v1.51/info',
    ]);
  });

  it('is not asked for without end when the engine refuses whatever it says itself', async () => {
    await using fake = await fakeEngine({
      'GET /info': json({ message: 'client version 1.43 is too old. Minimum is 1.44' }, 400),
    });

    await expect(at(fake).info()).rejects.toMatchObject({ fault: 'api_version', status: 400 });

    expect(fake.asked).toHaveLength(4);
  });

  it('is asked again after a failure', async () => {
    let isUp = false;
    await using fake = await fakeEngine({
      'GET /version': (response, request) =>
        (isUp ? json(VERSION) : json({ message: 'starting' }, 503))(response, request),
      'GET /info': info,
    });
    const engine = at(fake);
    await expect(engine.info()).rejects.toMatchObject({ status: 503 });
    isUp = true;

    await expect(engine.info()).resolves.toMatchObject({ name: 'one' });
  });

  it('knows Podman', async () => {
    const Components = [{ Name: 'Podman Engine', Version: '4.3.1' }];
    await using fake = await fakeEngine({ 'GET /version': json({ ...VERSION, ApiVersion: '1.41', Components }) });

    await expect(at(fake).version()).resolves.toMatchObject({ podman: true, engine: 'Podman' });
  });
});
