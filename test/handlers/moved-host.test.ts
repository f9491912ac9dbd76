import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { engineProxy } from '../bed/proxy.ts';
import { publishImage } from '../bed/publish.ts';
import { openDesk } from './desk.ts';

describeWithEngine('a host that moved between the approval and the start', { timeout: 90_000 }, () => {
  it('keeps every other host from being touched, also when only its container’s state is another', async () => {
    const [one = '', two = ''] = bed().sockets;
    const repository = `moved/${uniqueName('app')}`;
    await publishImage(one, bed().registry, `${repository}:2`);
    const { host, username, password } = bed().registry;
    await using desk = await openDesk({ one, two }, ['deploy'], {
      registries: { [host]: { username, password } },
      adopt: [{ containers: ['web-*'], hosts: 'all', otherRepository: true }],
      guardrails: { require: [] },
    });
    const web = { name: uniqueName('web'), cmd: ['sleep', '600'], image: 'busybox:1.0' };
    await using first = await container(one, web);
    await using second = await container(two, web);

    const question = await desk.ask(`/deploy --on all ${web.name} ${host}/${repository}:2`);
    await mustCall(two, 'POST', `/containers/${second.id}/stop?t=0`);
    desk.runner.start();
    const verdicts = await desk.ended(question);

    expect(verdicts).toMatchObject({
      one: { verdict: 'skipped' },
      two: { verdict: 'failed_kept_old', phase: 'pull', why: expect.stringContaining('exited') },
    });
    expect((await callEngine(one, 'GET', `/containers/${first.id}/json`)).text).toContain('"Running":true');
    expect((await callEngine(one, 'GET', `/images/${host}/${repository}:2/json`)).status).toBe(404);
  });
});

describeWithEngine('a deployment of several hosts', { timeout: 90_000 }, () => {
  it.each([
    ['at once', ['100%'], [1, 1]],
    ['in waves', [1, '100%'], [1, 2]],
  ])('%s plans each host once after the approval, and again before a later wave', async (_, waves, rounds) => {
    const [one = '', two = ''] = bed().sockets;
    await using first = await engineProxy(one);
    await using second = await engineProxy(two);
    const repository = `moved/${uniqueName('app')}`;
    await publishImage(one, bed().registry, `${repository}:1`, ['CMD ["sleep","600"]']);
    const { host, username, password } = bed().registry;
    const service = uniqueName('web');
    await using desk = await openDesk({ one: first.socketPath, two: second.socketPath }, ['deploy'], {
      registries: { [host]: { username, password } },
      guardrails: { require: [] },
      services: {
        [service]: {
          image: `${host}/${repository}`,
          hosts: 'all',
          container: { name: service, networks: [{ name: 'none' }] },
          rollout: { waves, stableFor: '0.1s' },
        },
      },
    });
    const question = await desk.ask(`/deploy ${service} 1`);
    // A plan reads the volumes of a host, and nothing else in a rollout does.
    const planned = () => [first, second].map(({ reads }) => reads.filter((at) => at.endsWith('/volumes')).length);
    const before = planned();
    desk.runner.start();
    const verdicts = await desk.ended(question);

    expect(verdicts).toMatchObject({ one: { verdict: 'deployed' }, two: { verdict: 'deployed' } });
    expect(planned().map((count, index) => count - (before[index] ?? 0))).toEqual(rounds);
    for (const socket of [one, two]) await callEngine(socket, 'DELETE', `/containers/${service}?force=1`);
  });
});
