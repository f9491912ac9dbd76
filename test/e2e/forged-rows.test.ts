import { expect, it } from 'vitest';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { cli } from '../cli/cli.ts';
import { storeOf } from './harness.ts';
import { ask, OPS, running, says, story } from './story.ts';

describeWithEngine('rows that somebody put into the database of a running bot', () => {
  it('are not carried out; it is audited, and audit verify names them', async () => {
    await using it = await story();
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('asks to deploy'), OPS);
    const store = await storeOf(it.env);
    const [asked] = await store.approvals.pending({ now: Date.now() });
    if (!asked) throw new Error('nothing was asked');
    const plan = asked.plan as DeployPlan;
    const evil = { ...plan, image: { ...plan.image, repository: 'docker.io/evil/shop' } };
    const now = Date.now();

    await it.write(
      `insert into approvals (id, command, service, line, channel, requested_by, requested_at, expires_at, plan, hash, state,
         decided_by, decided_at) values ('A-EVIL', 'deploy', ?, 'deploy', 'C0PROD', 'U0DEV1', ?, ?, ?, ?, 'approved', 'U0OPS1', ?)`,
      ...[it.service, now, now + 60_000, JSON.stringify(evil), '0'.repeat(64), now],
    );
    await it.write(
      `insert into deployments (id, approval, command, service, line, channel, requested_by, started_by, plan, hash,
         created_at, state, attempt)
       select 'D-EVIL', id, command, service, line, channel, requested_by, decided_by, plan, hash, requested_at, 'queued', 0
       from approvals where id = 'A-EVIL'`,
    );

    await expect
      .poll(() => store.deployments.get('D-EVIL'), { timeout: 20_000 })
      .toMatchObject({ state: 'ended', verdict: 'refused' });
    expect(await running(it.service)).toEqual([undefined, undefined]);
    const events = (await store.audit.search({ limit: 10 })).filter(({ request }) => request === 'D-EVIL');
    expect(events).toMatchObject([{ kind: 'event', outcome: 'refused', reason: 'untrusted_record' }]);
    const { code, out } = await cli(['audit', 'verify'], it.env, it.folder);
    expect(code).toBe(1);
    expect(out).toContain('approvals A-EVIL');
    expect(out).toContain('deployments D-EVIL');

    // A question of the bot's own, changed under its card: nobody's yes counts for it any more.
    await it.write(
      'update approvals set plan = ?, hash = ? where id = ?',
      JSON.stringify(evil),
      '0'.repeat(64),
      asked.id,
    );
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('not signed by Fairlead'), { channel: 'C0PROD', as: 'U0OPS1' });
    expect(await store.deployments.byApproval(asked.id)).toBeUndefined();

    // A version that was never there is nothing to go back to.
    await it.write(
      `insert into verified (service, host, digest, tag, repository, deployment, by, at, verdict)
       values (?, 'web-1', ?, '6.6.6', ?, 'D0', 'U0DEV1', ?, 'deployed')`,
      ...[it.service, `sha256:${'6'.repeat(64)}`, plan.image.repository, now],
    );
    await ask(it.slack, `/rollback ${it.service} 6.6.6 --on web-1`);
    await it.slack.waitFor(says('is not on record as healthy'), { channel: 'C0PROD', as: 'U0DEV1' });
    await store.close();
  });
});
