import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { asText } from '../../src/domain/phrase.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openScene, type Scene, SERVE } from '../docker/rollout/scene.ts';
import { openDesk, resultOf } from './desk.ts';

let scene: Scene;
beforeAll(async () => {
  if (inject('bed')) scene = await openScene();
});
afterAll(() => scene?.close());

describeWithEngine('the plan of a deploy', () => {
  it('says what is against the guardrails and was so before, and leaves out what is allowed', async () => {
    await using it = await openDesk({ 'web-1': bed().sockets[0] as string }, ['deploy'], {
      guardrails: { allow: { binds: ['/usr/share/**'] } },
    });
    const name = uniqueName('shop');
    const digest = await scene.publish('1', [SERVE]);
    await scene.run(name, '1', {
      HostConfig: {
        NetworkMode: 'none',
        UTSMode: 'host',
        Binds: ['/etc:/e:ro', '/usr:/u:ro', '/usr/share/doc:/doc:ro'],
      },
    });

    const answer = await it.say(`/deploy ${name} ${scene.repository}:1@${digest} --plan`);

    const { plan } = resultOf<PlannedResult>(answer);
    expect(plan.hosts[0]?.warnings.filter((warning) => asText(warning).startsWith('Not new'))).toEqual([
      'Not new, but against the guardrails: `uts`. It would share a namespace with its host. (`guardrails.allow.hostNamespaces`)',
      'Not new, but against the guardrails: `/etc`, `/usr`. It would have a folder of the host. (`guardrails.allow.binds`)',
      'Not new, but against the guardrails: `no-memory-limit`. Without a memory limit it can take its host down with it. (`guardrails.require`)',
    ]);
  });
});
