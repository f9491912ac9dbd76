import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { storeOf } from './harness.ts';
import { ask, OPS, running, says, story } from './story.ts';

describeWithEngine('a deploy with values of its own', () => {
  it('keeps them out of every record, and gives them to the container', async () => {
    await using it = await story();

    await ask(it.slack, `/deploy ${it.service} 1.0.0 -e GREETING=hunter22 --reason "password=topsecret99"`);
    const card = await it.slack.waitFor(says('asks to deploy'), OPS);
    expect((await it.stored()).includes('GREETING')).toBe(true);
    expect((await it.stored()).includes('hunter22')).toBe(false);
    await it.restart();
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });

    const found = JSON.parse(await mustCall(bed().sockets[0] ?? '', 'GET', `/containers/${it.service}/json`));
    expect(found.Config.Env).toContain('GREETING=hunter22');
    expect((await it.stored()).includes('hunter22')).toBe(false);
    for (const secret of ['hunter22', 'topsecret99']) expect(JSON.stringify(it.slack.requests)).not.toContain(secret);
    const store = await storeOf(it.env);
    const records = await store.audit.search({ command: 'deploy', limit: 20 });
    await store.close();
    expect(records.filter(({ kind }) => kind === 'event')).toMatchObject([{ outcome: 'ok' }]);
    expect(JSON.stringify(records)).not.toContain('topsecret99');
  });

  it('does not begin without them, as after a change of the key', async () => {
    await using it = await story();

    await ask(it.slack, `/deploy ${it.service} 1.0.0 -e GREETING=hunter22`);
    const card = await it.slack.waitFor(says('asks to deploy'), OPS);
    it.env['FAIRLEAD_TOTP_KEY'] = 'cd'.repeat(32);
    await it.restart();
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });

    await it.slack.waitFor(says('was not deployed', 'FAIRLEAD_TOTP_KEY'), OPS);
    expect(await running(it.service)).toEqual([undefined, undefined]);
  });
});
