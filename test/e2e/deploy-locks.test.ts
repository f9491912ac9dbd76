import { expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { ask, labels, OPS, says, story } from './story.ts';

const HOLDER = { channel: 'D0OPS1', as: 'U0OPS1' };

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
    expect(labels(asked)).toEqual(['Release it', 'Keep it for 2 h']);
    await slack.click({ person: 'U0OPS1', message: asked, label: 'Release it' });
    await slack.waitFor(says('released', service), HOLDER);
    await slack.click({ person: 'U0OPS1', message: asked, label: 'Keep it for 2 h' });
    await slack.waitFor(says('You hold no lock on', 'any more'), HOLDER);

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
    await slack.waitFor(says('is free, and you are next in line'), { channel: 'D0DEV1', as: 'U0DEV1' });
  });

  it('that are taken over leave the reason on record, without what is secret in it', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    await slack.waitFor(says('locked', service), OPS);
    await ask(slack, `/dock lock ${service} --take --reason "hotfix, password=topsecret99"`);
    await slack.waitFor(says('took the lock on', service), OPS);

    const store = openStore(it.env['DATABASE_URL'] as string);
    const records = JSON.stringify(await store.audit.search({ command: 'lock', limit: 20 }));
    store.close();
    expect(records).toContain('taken over from U0OPS1: hotfix, password=***');
    expect(records).not.toContain('topsecret99');
  });

  it('are answered for by nobody else there, and only by whoever still may', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/dock lock ${service} for 2h`, 'U0OPS1');
    await slack.waitFor(says('locked', service), OPS);

    await slack.type({ person: 'U0DEV1', channel: 'D0DEV1', text: `/dock lock ${service} --take --reason mine` });
    await slack.waitFor(says('You hold no lock on'), { channel: 'D0DEV1', as: 'U0DEV1' });
    slack.setUserGroup('S0ONCALL', []);
    await it.restart();
    await slack.type({ person: 'U0OPS1', channel: 'D0OPS1', text: `/dock lock ${service} for 3h` });
    await slack.waitFor(says('here is for developers or oncall'), HOLDER);
  });
});
