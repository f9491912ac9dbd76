import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { guardEngine, LABEL } from '../../playground/engine/guard.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';

describeWithEngine('the guard before an engine that was there', () => {
  it('lets everything be read, and changes only what carries the label', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-guard-'));
    // Not the first engine: the tests of the playground itself run there, and it removes everything with its label.
    const engine = bed().sockets[1] as string;
    const guarded = join(folder, 'guard.sock');
    const guard = await guardEngine(engine, guarded);
    try {
      await using theirs = await container(engine, { cmd: ['sleep', '60'] });
      await using ours = await container(engine, { cmd: ['sleep', '60'], labels: { [LABEL]: '1' } });
      const image = `theirs/${uniqueName('image').replace(/\d/gu, 'x')}`;
      await makeImage(engine, `${image}:latest`);
      const status = async (method: string, path: string, body?: object) =>
        (await engineApi(guarded, method, path, body)).status;

      expect(await status('GET', `/containers/${theirs.id}/json`)).toBe(200);
      expect(await status('GET', '/v1.41/containers/json?all=true')).toBe(200);
      expect(await status('POST', `/containers/${theirs.id}/stop?t=0`)).toBe(403);
      expect(await status('POST', `/v1.41/containers/${theirs.id}/kill`)).toBe(403);
      expect(await status('DELETE', `/containers/${theirs.id}?force=true`)).toBe(403);
      // Without a tag the name's last part looks like a verb.
      expect(await status('DELETE', `/images/${image}`)).toBe(403);
      for (const kind of ['containers', 'images', 'volumes', 'networks', 'build'])
        expect(await status('POST', `/${kind}/prune`)).toBe(403);
      expect(await status('POST', '/containers/nope/../../images/prune')).toBe(403);
      expect(await status('POST', '/volumes/create', { Name: 'v' })).toBe(403);
      const { username, password, host: serveraddress } = bed().registry;
      expect(await status('POST', '/auth', { username, password, serveraddress })).toBe(200);
      const spec = { Image: 'busybox:1.0', Cmd: ['true'], HostConfig: { Binds: ['/:/host'] } };
      expect(await status('POST', '/containers/create', spec)).toBe(403);
      const program = { Cmd: ['true'], AttachStdout: true };
      expect(await status('POST', `/containers/${theirs.id}/exec`, program)).toBe(403);
      const theirExec = (await engineApi(engine, 'POST', `/containers/${theirs.id}/exec`, program)).json() as {
        Id: string;
      };
      expect(await status('POST', `/exec/${theirExec.Id}/start`, {})).toBe(403);
      expect((await engineApi(engine, 'GET', `/containers/${theirs.id}/json`)).json()).toMatchObject({
        State: { Running: true },
      });

      const created = await engineApi(guarded, 'POST', '/containers/create', {
        ...spec,
        HostConfig: {},
        Labels: { [LABEL]: '1' },
      });
      expect(created.status).toBe(201);
      const { Id } = created.json() as { Id: string };
      expect(await status('DELETE', `/containers/${Id}`)).toBe(204);
      const own = (await engineApi(guarded, 'POST', `/containers/${ours.id}/exec`, program)).json() as { Id: string };
      expect(await status('POST', `/exec/${own.Id}/start`, {})).toBe(200);
      expect(await status('POST', `/containers/${ours.id}/stop?t=0`)).toBe(204);
      const [ourImage, digest] = [`ours/${uniqueName('image')}:1`, `/images/${encodeURIComponent('sha256:')}`];
      await makeImage(engine, ourImage, [`LABEL ${LABEL}=1`]);
      const fromOurs = await engineApi(guarded, 'POST', '/containers/create', { Image: ourImage, Cmd: ['true'] });
      expect(fromOurs.status).toBe(201);
      expect(await status('DELETE', `/containers/${(fromOurs.json() as { Id: string }).Id}`)).toBe(204);
      const made = (await engineApi(engine, 'GET', `/images/${ourImage}/json`)).json() as { Id: string };
      expect(await status('DELETE', made.Id.replace('sha256:', digest))).toBe(200);
      expect(await status('DELETE', `/containers/${'0'.repeat(64)}`)).toBe(404);
      await engineApi(engine, 'DELETE', `/images/${image}`);
    } finally {
      await guard.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
