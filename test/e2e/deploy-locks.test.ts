import { expect, it } from 'vitest';
import { BOT_USER } from '../../playground/server/defaults.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { storeOf } from './harness.ts';
import { ask, labels, OPS, said, says, story } from './story.ts';

const HOLDER = { channel: 'D0OPS1', as: 'U0OPS1' };
const HOLDS = { channel: 'C0PROD', as: 'U0OPS1' };

describeWithEngine('locks', () => {
  it('are answered for by their holder in direct messages: kept, extended and released', async () => {
    await using it = await story();
    const { slack, service } = it;

    await ask(slack, `/dock lock ${service} for 4s --reason "looking at memory"`, 'U0OPS1');
    const ending = await slack.waitFor(says('Your lock on', 'ends at'), HOLDER);
    await slack.click({ person: 'U0OPS1', message: ending, label: 'Extend by 2 h' });
    await slack.waitFor(says('keeps', service, 'looking at memory'), HOLDER);

    await ask(slack, `/deploy ${service} 1.0.0`);
    await slack.waitFor(says('is locked by <@U0OPS1>'), OPS);
    await ask(slack, `/dock ask ${service}`);
    const asked = await slack.waitFor(says('whether you still need your lock'), HOLDER);
    expect(labels(asked)).toEqual(['Release it', 'Extend by 2 h']);
    await slack.click({ person: 'U0OPS1', message: asked, label: 'Release it' });
    await slack.waitFor(says('released', service), HOLDER);
    await slack.type({ person: 'U0OPS1', channel: HOLDER.channel, text: `/dock lock ${service}` });
    await slack.waitFor(says('You no longer hold a lock on', 'it is free'), HOLDER);

    await ask(slack, `/deploy ${service} 1.0.0`);
    await slack.waitFor(says('asks to deploy', '1.0.0'), OPS);
  });

  it('end by themselves: the holder is told, and so is the first in line', async () => {
    await using it = await story();
    const { slack, service } = it;

    await ask(slack, `/dock lock ${service} for 3s`, 'U0OPS1');
    await ask(slack, `/dock lock ${service} --queue`);
    await slack.waitFor(says('You are number 1 in line'), OPS);

    await slack.waitFor(says('Your lock on', 'has ended'), HOLDER);
    const free = await slack.waitFor(says('is free, and you are next in line'), { channel: 'D0DEV1', as: 'U0DEV1' });
    await slack.click({ person: 'U0DEV1', message: free, label: 'Lock it for 2 h' });
    await slack.waitFor(says('<@U0DEV1> locked', service), { channel: 'C0PROD', as: 'U0VIEW1' });
    await slack.waitFor(says('Said in <#C0PROD>'), { channel: 'D0DEV1', as: 'U0DEV1' });
    // What was said of it to one person nobody else was bothered with.
    const public_ = slack.messages({ channel: 'C0PROD', as: 'U0VIEW1' }).map(said).join();
    expect(public_).not.toMatch(/in line|Ask the holder/u);
  });

  it('have a card that is their holder’s: others press in vain, and once released it has no buttons', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    const card = await slack.waitFor(says('<@U0OPS1> locked', service), OPS);
    const now = () => slack.messages(OPS).find(({ ts }) => ts === card.ts) as typeof card;

    await slack.click({ person: 'U0DEV1', message: card, label: 'Extend by 2 h' });
    await slack.waitFor(says('is locked by <@U0OPS1> until', 'not by you', 'Ask the holder'), OPS);
    expect(said(now())).toBe(said(card));
    await slack.click({ person: 'U0OPS1', message: card, label: 'Extend by 2 h' });
    await slack.waitFor((message) => message.ts === card.ts && says('<@U0OPS1> keeps')(message), OPS);
    await slack.click({ person: 'U0OPS1', message: now(), label: 'Release' });
    await slack.waitFor((message) => message.ts === card.ts && says('<@U0OPS1> released')(message), OPS);
    expect(labels(now())).toEqual([]);

    await ask(slack, `/dock unlock ${service}x`);
    await slack.waitFor(says('There is no service', `Did you mean \`${service}\``), OPS);
    await ask(slack, `/deploy ${service}x 1.0.0`);
    await slack.waitFor(says('There is no service', 'no container of that name on web-1 and web-2'), OPS);
  });

  it('of which an old card remains: pressed, it says in private how it stands, and touches no other lock', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    const card = await slack.waitFor(says('<@U0OPS1> locked', service), OPS);
    const press = (person: string, label: string) => slack.click({ person, message: card, label });
    await ask(slack, `/dock unlock ${service}`, 'U0OPS1');
    const free = await slack.waitFor(says('<@U0OPS1> released', service), OPS);
    await press('U0OPS1', 'Extend by 2 h');
    await slack.waitFor(says(service, 'is not locked'), HOLDS);

    await ask(slack, `/dock lock ${service} for 1h`);
    const next = await slack.waitFor(says('<@U0DEV1> locked', service), OPS);
    for (const label of ['Extend by 2 h', 'Release']) {
      const before = slack.messages(OPS).length;
      await press('U0DEV1', label);
      await slack.waitFor((message) => slack.messages(OPS).indexOf(message) === before, OPS);
    }
    const [first, second] = slack.messages(OPS).slice(-2).map(said);
    expect(first).toContain('The lock of that card is over. You hold another one');
    expect(second).toContain('The lock of that card is over. You hold another one');

    const everybodys = slack.messages(OPS).filter(({ author, ephemeral }) => author === BOT_USER && !ephemeral);
    expect(everybodys.map(said)).toEqual([card, free, next].map(said));
  });

  it('wait in line takes the place of what was pressed, for one person', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    await slack.waitFor(says('<@U0OPS1> locked', service), OPS);
    await ask(slack, `/dock lock ${service}`);
    const held = await slack.waitFor(says('is locked by <@U0OPS1>', 'Wait in line'), OPS);
    await slack.click({ person: 'U0DEV1', message: held, label: 'Wait in line' });
    const waits = await slack.waitFor(says('You are number 1 in line'), OPS);
    expect(waits).toMatchObject({ ts: held.ts, ephemeral: true });
    await slack.click({ person: 'U0DEV1', message: waits, label: 'Ask the holder' });
    expect(await slack.waitFor(says('I asked <@U0OPS1>'), OPS)).toMatchObject({ ephemeral: true });
  });

  it('that are taken over leave the reason on record, without what is secret in it', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    await slack.waitFor(says('locked', service), OPS);
    await ask(slack, `/dock lock ${service} --take --reason "hotfix, password=topsecret99"`);
    await slack.waitFor(says('took the lock on', service), OPS);

    const store = await storeOf(it.env);
    const records = JSON.stringify(await store.audit.search({ command: 'lock', limit: 20 }));
    await store.close();
    expect(records).toContain('taken over from U0OPS1: hotfix, password=***');
    expect(records).not.toContain('topsecret99');
  });

  it('are answered there only by their holder, and only while permitted', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    await slack.waitFor(says('locked', service), OPS);

    await slack.type({ person: 'U0DEV1', channel: 'D0DEV1', text: `/dock lock ${service} --take --reason mine` });
    await slack.waitFor(says('You no longer hold a lock on', '<@U0OPS1> has held it since'), {
      channel: 'D0DEV1',
      as: 'U0DEV1',
    });
    // Somebody the config gives no lock in that channel is not told whose it is.
    await slack.type({ person: 'U0VIEW1', channel: 'D0VIEW1', text: `/dock unlock ${service}` });
    const refused = await slack.waitFor(says('You no longer hold a lock on'), { channel: 'D0VIEW1', as: 'U0VIEW1' });
    expect(said(refused)).not.toContain('U0OPS1');
    slack.setUserGroup('S0ONCALL', []);
    await it.restart();
    await slack.type({ person: 'U0OPS1', channel: 'D0OPS1', text: `/dock lock ${service} for 3h` });
    await slack.waitFor(says('here is for developers or oncall'), HOLDER);
  });
});
