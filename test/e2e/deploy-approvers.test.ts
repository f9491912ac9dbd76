import { TOTP } from 'otpauth';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { opened } from './harness.ts';
import { ask, OPS, running, said, says, story } from './story.ts';

const APPROVER = { channel: 'C0PROD', as: 'U0OPS1' };
const PERIOD_MS = 30_000;

describeWithEngine('those who approve', () => {
  it('give a one-time code where the rule asks for it: right, theirs, and each once', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy], hosts: all, from: [oncall], stepUp: totp } ]',
    });
    const { slack, service } = it;
    const submit = (code: string) => slack.submitView({ person: 'U0OPS1', values: { code } });

    await ask(slack, `/deploy ${service} 1.0.0`);
    const card = await slack.waitFor(says('asks to deploy'), OPS);
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    expect(JSON.stringify(await opened(slack, 'U0OPS1'))).toContain('One-time code');
    expect(JSON.stringify(await submit('000000'))).toContain('You have no one-time code yet');

    await ask(slack, '/dock totp', 'U0OPS1');
    const secret = said(
      await slack.waitFor(says('Add this to your authenticator'), { channel: 'D0OPS1', as: 'U0OPS1' }),
    );
    const totp = new TOTP({ secret: /[A-Z2-7]{32}/u.exec(secret)?.[0] ?? '' });
    const at = Date.now();
    const [used, right] = [totp.generate({ timestamp: at }), totp.generate({ timestamp: at + PERIOD_MS })];
    const near = new Set([-1, 0, 1, 2].map((step) => totp.generate({ timestamp: at + step * PERIOD_MS })));
    const wrong = ['000000', '111111', '222222', '333333', '444444'].find((code) => !near.has(code)) ?? '';
    await ask(slack, `/dock totp ${used}`, 'U0OPS1');
    await slack.waitFor(says('is set up'), APPROVER);

    expect(JSON.stringify(await submit(wrong))).toContain('That is not the code. 4 tries left.');
    expect(JSON.stringify(await submit(used))).toContain('That code was used before. 3 tries left.');
    expect(await running(service)).toEqual([undefined, undefined]);
    expect(await submit(right)).toMatchObject({ ok: true });
    const done = await slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    expect(said(done)).toContain('approved by <@U0OPS1> (totp)');

    const store = openStore(it.env['DATABASE_URL'] as string);
    const records = await store.audit.search({ command: 'approve', limit: 20 });
    store.close();
    expect(records.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(/approved with .*\(totp\)/u));
    for (const code of [secret, used, right, wrong]) expect(JSON.stringify(records)).not.toContain(code);
  });

  it('are asked again, with pauses that grow, until somebody answers', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy], hosts: all, from: [oncall], remind: 1s } ]',
    });
    const reminders: number[] = [];
    const end = it.slack.on('change', ({ kind, message }) => {
      if (kind === 'posted' && message?.text.startsWith('<!subteam^S0ONCALL>: still waiting for you'))
        reminders.push(performance.now());
    });

    const before = performance.now();
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('asks to deploy'), OPS);
    await it.slack.waitFor(() => reminders.length === 3);
    end();

    // What is due is looked for every 2 s; the pauses are 1 s, 2 s and 4 s.
    const pauses = reminders.map((at, index) => at - (reminders[index - 1] ?? before));
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThan(1000 * 2 ** index - 200);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Reject' });
    await it.slack.waitFor(says('Rejected by <@U0OPS1>'), OPS);
  });
});
