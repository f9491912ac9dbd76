import { expect, it } from 'vitest';
import { sendToEngine } from '../playground/engine/api.ts';
import { registryAuth } from '../playground/engine/registry.ts';
import { bed, describeWithEngine, engineApi, runContainer, uniqueName } from './bed/bed.ts';

function credentials(password: string): Record<string, string> {
  return registryAuth({ ...bed().registry, password });
}

describeWithEngine('the test bed', () => {
  it('has two engines that answer, and they are different ones unless the bed says why not', async () => {
    const ids: unknown[] = [];
    for (const { url, socketPath } of bed().engines) {
      expect(url).toBe(`unix://${socketPath}`);
      const answer = await engineApi(socketPath, 'GET', '/info');
      expect(answer.status).toBe(200);
      ids.push((answer.json() as { ID: string }).ID);
    }
    expect(ids).toHaveLength(2);
    expect(ids[0] === ids[1]).toBe(bed().reason !== undefined);
  });

  it.each([0, 1])('runs a container that prints, on engine %i, and takes it away', async (index) => {
    const socketPath = bed().sockets[index] ?? '';
    const name = uniqueName('prints');
    {
      await using ran = await runContainer(socketPath, {
        name,
        image: 'busybox:1.0',
        cmd: ['sh', '-c', 'echo "hello from $WHO"'],
        env: ['WHO=busybox'],
        labels: { 'fairlead.test': name },
        wait: true,
      });
      const logs = await engineApi(socketPath, 'GET', `/containers/${ran.id}/logs?stdout=1`);
      expect(logs.text).toContain('hello from busybox');
    }
    expect((await engineApi(socketPath, 'GET', `/containers/${name}/json`)).status).toBe(404);
  });

  it('serves what a container listens on, at a port of the host', async () => {
    const socketPath = bed().sockets[0] ?? '';
    await using web = await runContainer(socketPath, {
      name: uniqueName('web'),
      image: 'busybox:1.0',
      cmd: ['sh', '-c', 'echo ahoy >/tmp/index.html; exec httpd -f -p 80 -h /tmp'],
      ports: { '80/tcp': 0 },
    });
    const inspected = (await engineApi(socketPath, 'GET', `/containers/${web.id}/json`)).json() as {
      NetworkSettings: { Ports: Record<string, { HostPort: string }[]> };
    };
    const port = inspected.NetworkSettings.Ports['80/tcp']?.[0]?.HostPort;
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/`).then((page) => page.text()), { timeout: 5000 })
      .toBe('ahoy\n');
  });

  it.each(['shop:1.0.0', 'shop:1.1.0', 'shop:1.2.0-rc.1', 'worker:2.0'])('has %s in its registry', async (image) => {
    const socketPath = bed().sockets[1] ?? '';
    const [name, tag] = image.split(':');
    const from = encodeURIComponent(`${bed().registry.host}/fairlead/${name}`);
    const pull = (headers: Record<string, string>) =>
      sendToEngine(socketPath, { method: 'POST', path: `/images/create?fromImage=${from}&tag=${tag}`, headers });

    const without = await pull({});
    expect(without.text).toContain('no basic auth credentials');
    const wrong = await pull(credentials('not-the-password'));
    expect(wrong.text).toMatch(/unauthorized|401/iu);
    const right = await pull(credentials(bed().registry.password));
    expect(right.status).toBe(200);
    // Up to date when another test of this run has pulled it; the registry was asked, with the password, all the same.
    expect(right.text).toMatch(/Status: (?:Downloaded newer image|Image is up to date)/u);
  });
});
