import { expect, it } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { opened, storeOf } from './harness.ts';
import { SHAPE } from './shapes/shape.ts';
import { ask, enrol, labels, OPS, running, said, says, story } from './story.ts';

describeWithEngine('those who approve', () => {
  it('give a one-time code where the rule asks for it: right, theirs, and each once', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy], hosts: all, from: [oncall], stepUp: totp } ]',
    });
    const { slack, service } = it;
    const submit = (code: string) => slack.submitView({ person: 'U0OPS1', values: { code } });

    await ask(slack, `/deploy ${service} 1.0.0`);
    const card = await slack.waitFor(says('asks to deploy'), OPS);
    // A function's worker says in a message what it refuses, and the form is opened again (docs/lambda.md).
    const refused = async (code: string, words: string) => {
      const answer = await submit(code);
      if (SHAPE !== 'lambda') return expect(JSON.stringify(answer)).toContain(words);
      await slack.waitFor(says(words), { channel: 'C0PROD', as: 'U0OPS1' });
      await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
      await opened(slack, 'U0OPS1');
    };
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    expect(JSON.stringify(await opened(slack, 'U0OPS1'))).toContain('One-time code');
    await refused('000000', 'You have no one-time code yet');

    await slack.closeView({ person: 'U0OPS1' });
    const { secret, used, right, wrong } = await enrol(slack, 'U0OPS1');
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await opened(slack, 'U0OPS1');

    await refused(wrong, 'That is not the code. 4 tries left.');
    await refused(used, 'That code was used before. 3 tries left.');
    expect(await running(service)).toEqual([undefined, undefined]);
    expect(await submit(right)).toMatchObject({ ok: true });
    const done = await slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    expect(said(done)).toContain('approved by <@U0OPS1> (totp)');

    const store = await storeOf(it.env);
    const records = await store.audit.search({ command: 'approve', limit: 20 });
    await store.close();
    expect(records.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(/approved with .*\(totp\)/u));
    for (const code of [secret, used, right, wrong]) expect(JSON.stringify(records)).not.toContain(code);
    // In a form that is closed, and in no message.
    const calls = slack.requests.filter(({ body }) => JSON.stringify(body).includes(secret));
    expect(calls.map(({ method }) => method)).toEqual(['views.open']);
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

    // What is due is looked for every 2 s; the pauses are 1 s, 2 s and 4 s. One that Slack got late shortens the next pause.
    const moments = reminders.map((at) => at - before);
    for (const [index, moment] of moments.entries())
      expect(moment).toBeGreaterThan(1000 * (2 ** (index + 1) - 1) - 200);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Reject' });
    await opened(it.slack, 'U0OPS1');
    await it.slack.submitView({ person: 'U0OPS1', values: { reason: 'not tonight' } });
    const closed = await it.slack.waitFor((one) => one.ts === card.ts && says('not tonight')(one), OPS);
    expect(said(closed)).toContain('<@U0OPS1> rejected <@U0DEV1>');
    expect(labels(closed)).toEqual([]);
    const note = await it.slack.waitFor((one) => one.ts !== card.ts && says('<@U0DEV1>', 'not tonight')(one), OPS);
    expect(note.threadTs).toBe(card.ts);
  });
});
