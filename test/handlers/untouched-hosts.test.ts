import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { openDesk, resultOf } from './desk.ts';

describeWithEngine('a host that already runs the version', { timeout: 90_000 }, () => {
  it('makes no wave of its own, so that the first wave tries the version out and nobody is asked for nothing', async () => {
    const [one = '', two = ''] = bed().sockets;
    const repository = `untouched/${uniqueName('app')}`;
    for (const tag of ['1', '2'])
      await publishImage(one, bed().registry, `${repository}:${tag}`, ['CMD ["sleep","600"]', `LABEL version=${tag}`]);
    const { host, username, password } = bed().registry;
    const service = uniqueName('web');
    await using desk = await openDesk({ one, two }, ['deploy'], {
      registries: { [host]: { username, password } },
      guardrails: { require: [] },
      services: {
        [service]: {
          image: `${host}/${repository}`,
          hosts: 'all',
          container: { name: service, networks: [{ name: 'none' }] },
          rollout: { waves: [1, '100%'], ask: true, stableFor: '0.1s' },
        },
      },
    });
    desk.runner.start();
    await desk.ended(await desk.ask(`/deploy ${service} 1 --on one`));

    const { plan } = resultOf<PlannedResult>(await desk.say(`/deploy ${service} 1 --plan`));
    expect(plan.waves).toEqual([['one', 'two']]);
    expect(await desk.ended(await desk.ask(`/deploy ${service} 1`))).toMatchObject({
      one: { verdict: 'unchanged' },
      two: { verdict: 'deployed' },
    });
    const both = resultOf<PlannedResult>(await desk.say(`/deploy ${service} 2 --plan`));
    expect(both.plan.waves).toEqual([['one'], ['two']]);
    for (const socket of [one, two]) await callEngine(socket, 'DELETE', `/containers/${service}?force=1`);
  });
});
