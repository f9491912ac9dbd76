import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/index.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { ask, OPS, running, type Story, said, says, story } from './story.ts';

// What people click on and see of a deployment, beside `deploy-crash`: an engine makes no difference here.

const LATE = { ...OPS, timeoutMs: 40_000 };

describeWithEngine('two bots on one store', () => {
  it('decide every question once, however many click at once, and run nothing twice', async () => {
    await using it = await story();
    await it.another();
    for (const version of ['1.0.0', '1.1.0', '1.0.0', '1.1.0', '1.0.0']) {
      const seen = new Set(it.slack.messages({ channel: OPS.channel, as: OPS.as }).map(({ ts }) => ts));
      await ask(it.slack, `/deploy ${it.service} ${version}`);
      const card = await it.slack.waitFor(
        (message) => !seen.has(message.ts) && says('asks to', 'Approve')(message),
        OPS,
      );
      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve', times: 100 });
      await it.slack.waitFor((message) => message.ts === card.ts && says('is deployed on 2 hosts')(message), {
        ...OPS,
        timeoutMs: 60_000,
      });
    }

    await ask(it.slack, `/dock history ${it.service}`);
    const history = await it.slack.waitFor(says('Deployments of'), OPS);
    expect(said(history).match(/:white_check_mark:/gu)).toHaveLength(5);
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
  }, 180_000);
});

describeWithEngine('a card', { timeout: 120_000 }, () => {
  it('shows the end although Slack did not answer when it came', async () => {
    await using it = await story({ rules: 'approvals: []' });
    const card = await begun(it);
    // The client of a call tries three times; the card of the end is one of these.
    it.slack.faults.next({ method: 'chat.update', drop: true, times: 6 });

    await it.slack.waitFor((message) => message.ts === card.ts && says('is deployed on 2 hosts')(message), LATE);
  });

  it('that the bot did not live to draw is drawn at the next start, and no other', async () => {
    await using it = await story({ rules: 'approvals: []' });
    const updates = () => it.slack.requests.filter(({ method }) => method === 'chat.update').length;
    const card = await begun(it);
    it.slack.faults.next({ method: 'chat.update', latencyMs: 60_000, times: 1 });
    await it.slack.waitFor(({ text }) => text.includes('1.0.0 is deployed.'), LATE);
    expect(said(card)).not.toContain('is deployed');

    await it.restart();

    await it.slack.waitFor((message) => message.ts === card.ts && says('is deployed on 2 hosts')(message), LATE);
    await ask(it.slack, '/dock whoami');
    const drawn = updates();
    await it.restart();
    await ask(it.slack, '/dock whoami');
    expect(updates()).toBe(drawn);
  });
});

describeWithEngine('a card whose message the bot did not live to hear of', { timeout: 120_000 }, () => {
  it('is posted again at the next start; the older copy is marked by its first click, which counts', async () => {
    await using it = await story({ rules: 'approvals: []' });
    it.slack.faults.next({ method: 'chat.postMessage', drop: 'answer' });
    it.slack.faults.next({ method: 'chat.postMessage', latencyMs: 60_000 });
    const asking = ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const orphan = await it.slack.waitFor(says('asks to deploy'), OPS);

    await it.restart();
    await asking;

    const card = await it.slack.waitFor((message) => message.ts !== orphan.ts && says('Posted again')(message), LATE);
    await it.slack.click({ person: 'U0DEV1', message: orphan, label: 'Deploy' });
    await it.slack.waitFor((message) => message.ts === orphan.ts && says('out of date')(message), LATE);
    await it.slack.waitFor((message) => message.ts === card.ts && says('is deployed on 2 hosts')(message), LATE);
    expect(it.slack.messages(OPS).filter(says('asks to deploy'))).toEqual([]);
  });
});

async function begun(it: Story): Promise<Message> {
  await ask(it.slack, `/deploy ${it.service} 1.0.0`);
  const card = await it.slack.waitFor(says('asks to deploy'), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  return it.slack.waitFor(says('Deploying'), OPS);
}
