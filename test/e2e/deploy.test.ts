import { expect, it } from 'vitest';
import { buttonsOf, type Message } from '../../playground/server/index.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { opened } from './harness.ts';
import { ask, commandsOf, deployed, isClosed, labels, OPS, running, said, says, sharedStory, story } from './story.ts';

describeWithEngine('deploying', () => {
  const shared = sharedStory(6);

  it('is asked for, refused to the one who asked, approved by on-call, and rolls out on two hosts', async () => {
    const it = await shared();

    await ask(it.slack, `/deploy ${it.service} 1.0.0 --reason "first one"`);
    const card = await it.slack.waitFor(says('asks to deploy', it.service, '1.0.0', 'first one'), OPS);
    expect(said(card)).toContain('<!subteam^S0ONCALL>');
    expect(said(card)).not.toContain('verysecretvalue');
    expect(await running(it.service)).toEqual([undefined, undefined]);

    await it.slack.click({ person: 'U0DEV1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('somebody else has to approve'), OPS);
    await it.slack.click({ person: 'U0VIEW1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('is not for you', 'Who can: oncall'), { channel: 'C0PROD', as: 'U0VIEW1' });

    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve', times: 3 });
    const done = await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    expect(done.ts).toBe(card.ts);
    expect(said(done)).toContain('approved by <@U0OPS1>');
    expect(labels(done)).not.toContain('Approve');
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
  });

  it('rolls back a version that never becomes healthy, and shows the evidence', async () => {
    await using it = await story();
    await deployed(it, '1.0.0');

    await ask(it.slack, `/deploy ${it.service} 1.2.0`);
    const card = await it.slack.waitFor(says('asks to deploy', '1.2.0', 'minor'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });

    const back = await it.slack.waitFor(says('failed its health check', '`1.0.0` runs again'), {
      ...OPS,
      timeoutMs: 40_000,
    });
    expect(back.ts).toBe(card.ts);
    const evidence = await it.slack.waitFor(says('version 1.2.0 is up'), OPS);
    expect(evidence.threadTs).toBe(card.ts);
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);

    await ask(it.slack, '/deploy');
    const form = JSON.stringify(await opened(it.slack, 'U0DEV1'));
    expect(form).toContain('1.2.0 (was rolled back)');
    expect(form).not.toContain('1.1.0 (was');
    await ask(it.slack, `/deploy ${it.service} 1.2.0`);
    const again = await it.slack.waitFor(says('asks to deploy', '`1.2.0` was rolled back on web-1, web-2'), OPS);
    expect(said(again)).toMatch(/rolled back on web-1, web-2, [-\d]+ [:\d]+ UTC: \S/u);
    await it.slack.click({ person: 'U0DEV1', message: again, label: 'Details' });
    await it.slack.waitFor((one) => one.ts !== again.ts && says('was rolled back on', 'sha256:')(one), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.1.0`);
    const other = await it.slack.waitFor(says('asks to deploy', '1.1.0'), OPS);
    expect(said(other)).not.toContain('rolled back');
    await it.slack.click({ person: 'U0OPS1', message: again, label: 'Approve' });
    await it.slack.waitFor((one) => one.ts === again.ts && says('Deploying', '1.2.0')(one), OPS);
  });

  it('shows its details to who asks for them, and leaves the card as it is for everybody', async () => {
    const it = await shared();
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const { ts } = await it.slack.waitFor(says('asks to deploy', '1.0.0'), OPS);
    const now = () => it.slack.messages(OPS).find((message) => message.ts === ts) as Message;
    const look = async (person: string) => {
      const card = now();
      await it.slack.click({ person, message: card, label: 'Details' });
      const own = { channel: 'C0PROD', as: person };
      await it.slack.waitFor((message) => message.ts !== ts && says('sha256:', 'How: create')(message), own);
      expect(said(now())).toBe(said(card));
    };
    for (const person of ['U0VIEW1', 'U0DEV1', 'U0OPS1']) await look(person);
    const plan = /Plan ([0-9a-f]{8})/u.exec(said(now()))?.[1];
    await ask(it.slack, `/dock plan ${plan}`);
    await it.slack.waitFor((message) => says(plan ?? '?', 'How: create')(message) && message.ts !== ts, OPS);
    await ask(it.slack, '/dock abort 00000000');
    await it.slack.waitFor(says('There is no such deploy in this channel'), OPS);

    // The details that were approved in say so, and ask no more.
    const own = { channel: 'C0PROD', as: 'U0OPS1' };
    const details = await it.slack.waitFor((one) => one.ts !== ts && says('Approve', 'How: create')(one), own);
    await it.slack.click({ person: 'U0OPS1', message: details, label: 'Approve' });
    await it.slack.waitFor(says('Approved. Starting.'), own);
    expect(it.slack.messages(own).filter((one) => one.ts !== ts && says('How: create')(one))).toEqual([]);
    await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    await look('U0VIEW1');
  });

  it('is not requested twice, and names other requests for the service', async () => {
    const it = await shared();
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const first = await it.slack.waitFor(says('asks to deploy', '1.0.0'), OPS);
    const plan = /Plan ([0-9a-f]{8})/u.exec(said(first))?.[1] ?? '?';

    await ask(it.slack, `/deploy ${it.service} 1.0.0 --reason again`);
    await it.slack.waitFor(says('You already requested', plan), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.1.0`);
    const second = await it.slack.waitFor(says('asks to deploy', '1.1.0', 'is waiting for approval: ', plan), OPS);
    const cards = it.slack.messages({ channel: 'C0PROD', as: 'U0VIEW1' }).filter(says('asks to deploy'));
    expect(cards).toHaveLength(2);

    await it.slack.click({ person: 'U0DEV1', message: first, label: 'Reject' });
    await it.slack.waitFor(isClosed(first), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(
      ({ ts, text }) => ![first.ts, second.ts].includes(ts) && text.includes('asks to deploy'),
      OPS,
    );
  });

  it('does not speak of an old version where the first one fails', async () => {
    const it = await shared();

    await ask(it.slack, `/deploy ${it.service} 1.2.0`);
    const card = await it.slack.waitFor(says('asks to deploy', it.service, 'for the first time'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });

    const ended = await it.slack.waitFor(says('was not deployed', 'Nothing ran there before', 'took'), {
      ...OPS,
      timeoutMs: 40_000,
    });
    expect(said(ended)).not.toContain('old version');
    const note = await it.slack.waitFor(says('<@U0DEV1> <@U0OPS1>:', 'was not deployed'), OPS);
    expect(said(note)).not.toContain('old version');
    await ask(it.slack, `/rollback ${it.service}`);
    await it.slack.waitFor(says('No version of', 'is on record'), OPS);
  });

  it('rolls back to a verified version chosen from a list', async () => {
    const it = await shared();
    await deployed(it, '1.0.0');
    await deployed(it, '1.1.0');

    await ask(it.slack, `/rollback ${it.service}`);
    const list = await it.slack.waitFor((one) => labels(one).includes('Roll back to 1.0.0') && says('1.1.0')(one), OPS);
    await it.slack.click({ person: 'U0DEV1', message: list, label: 'Roll back to 1.0.0' });
    const card = await it.slack.waitFor(says('asks to roll', 'back to', '1.0.0'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });

    await it.slack.waitFor(says('is back on', '1.0.0'), { ...OPS, timeoutMs: 30_000 });
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
    await ask(it.slack, `/dock history ${it.service}`);
    await it.slack.waitFor(says('(rollback)', '1.1.0', 'approved by <@U0OPS1>'), OPS);
  });

  it('is refused while somebody else holds a lock, which can be asked for and taken over', async () => {
    const it = await shared();

    await ask(it.slack, `/dock lock ${it.service} for 2h --reason "looking at memory"`, 'U0OPS1');
    await it.slack.waitFor(says('locked', it.service, 'looking at memory'), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(says('is locked by <@U0OPS1>', 'looking at memory'), OPS);
    await ask(it.slack, `/dock ask ${it.service}`);
    await it.slack.waitFor(says('asks in', it.service), { channel: 'D0OPS1', as: 'U0OPS1' });
    await ask(it.slack, `/dock lock ${it.service} --take --reason "the fix is here"`);
    await it.slack.waitFor(says('took over your lock', 'the fix is here'), { channel: 'D0OPS1', as: 'U0OPS1' });
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(says('asks to deploy', '1.0.0'), OPS);
  });

  it('expires when nobody answers, takes its buttons away, and begins nothing', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall], expires: 2s } ]',
    });

    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('asks to deploy', '1.0.0'), OPS);
    const gone = await it.slack.waitFor(isClosed(card), OPS);

    expect(said(gone)).toContain('Approval expired');
    expect(commandsOf(gone)).toEqual(['deploy']);
    // As from a screen that still shows the old card.
    const late = buttonsOf(card.blocks).find(({ text }) => text.text === 'Approve');
    await ask(it.slack, late?.value ?? '', 'U0OPS1');
    await it.slack.waitFor(says('has expired'), { channel: 'C0PROD', as: 'U0OPS1' });
    expect(await running(it.service)).toEqual([undefined, undefined]);
  });
});
