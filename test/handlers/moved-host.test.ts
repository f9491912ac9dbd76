import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
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
      two: { verdict: 'failed_kept_old', why: expect.stringContaining('was running, and is exited now') },
    });
    expect((await callEngine(one, 'GET', `/containers/${first.id}/json`)).text).toContain('"Running":true');
    expect((await callEngine(one, 'GET', `/images/${host}/${repository}:2/json`)).status).toBe(404);
  });
});
