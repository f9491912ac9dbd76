import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { type Scene, scene, storeOf } from './harness.ts';
import { labels, says } from './story.ts';

const socket = () => bed().sockets[0] ?? '';
const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0DEV1', timeoutMs: 30_000 };
const ops = { channel: CHANNEL, as: 'U0OPS1', timeoutMs: 30_000 };

const config = (slack = '') => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD${slack} }
hosts:
  staging-1: { url: "unix://${socket()}", labels: { env: staging } }
groups:
  oncall: { people: [U0OPS1] }
roles:
  operator: { commands: [ps, stop, kill, prune] }
channels:
  ${CHANNEL}: { name: staging, grants: [ { role: operator, hosts: all } ] }
approvals:
  - { commands: [kill, stop], hosts: all, from: [oncall] }
budget: { commands: 1000, per: 1m }
`;

const stubborn = () => container(socket(), { cmd: ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"] });
const asks = (name: string) => says(name, 'Needs approval');

/** Until it is killed, the bot has no time to record that it answered. */
const neverRecord = (it: Scene) =>
  it.write(
    'create trigger never before update of owner on deliveries when new.owner is null begin select raise(ignore); end',
  );

async function killAndStart(it: Scene): Promise<void> {
  await it.kill();
  await it.write('drop trigger if exists never');
  await it.write('drop trigger if exists ends');
  await it.restart();
}

describeWithEngine('a bot that is killed while something waits for approval', { timeout: 120_000 }, () => {
  it('leaves the message that asks, which still counts, and tells who asked that it may be missing', async () => {
    await using it = await scene({ config: config() });
    await using shop = await stubborn();
    await neverRecord(it);
    await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/dock stop -t 0 ${shop.name}` });
    await it.slack.waitFor(asks(shop.name), ops);
    await killAndStart(it);

    const told = await it.slack.waitFor(says(shop.name, 'was requested', 'may be missing here'), seen);
    const asked = await it.slack.waitFor(asks(shop.name), ops);
    expect(told.onlyFor).toBe('U0DEV1');
    expect(labels(told)).toEqual(['Ask again']);
    expect(labels(asked)).toEqual(['Approve', 'Reject']);
    await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Approve' });
    const done = await it.slack.waitFor(says(shop.name, 'killed after'), seen);
    expect(done.ts).toBe(asked.ts);
  });

  it('says on that message that what was approved was cut off, and notifies who asked', async () => {
    await using it = await scene({ config: config() });
    await using shop = await stubborn();
    await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/dock stop -t 60 ${shop.name}` });
    const asked = await it.slack.waitFor(asks(shop.name), ops);
    await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Approve' });
    await it.slack.waitFor(says('Approved by'), ops);
    await it.restart('SIGKILL');

    const cutOff = says('Fairlead was stopped during this', shop.name, '<@U0DEV1>', '<@U0OPS1>', '/ps');
    const note = await it.slack.waitFor((message) => message.threadTs === asked.ts && cutOff(message), seen);
    const [card] = it.slack.messages(seen).filter(({ ts }) => ts === asked.ts);
    expect(note.onlyFor).toBeUndefined();
    expect(card && cutOff(card)).toBe(true);
    expect(card && labels(card)).toEqual([]);
    const store = await storeOf(it.env);
    await expect.poll(() => store.deliveries.unanswered()).toEqual([]);
    const [{ request = '' } = {}] = await store.audit.search({ command: 'stop', limit: 1 });
    expect(await store.approvals.get(request)).toMatchObject({ state: 'approved', verdict: 'interrupted' });
    await store.close();
  });

  it.each([
    ['in time, and recorded', '', false],
    ['in time', '', true],
    ['after "Working on it"', ', inlineBudget: 0.01s', true],
  ])('leaves the answer to a read that came %s, and tells that it may be missing', async (_, slack, isUnrecorded) => {
    await using it = await scene({ config: config(slack) });
    await using shop = await stubborn();
    const lists = (message: Message) => says(shop.name, 'Up ')(message);
    await neverRecord(it);
    // What is only read is answered while its outcome is being recorded.
    if (isUnrecorded)
      await it.write(
        "create trigger ends before insert on audit when new.kind = 'outcome' begin select raise(abort, 'not yet'); end",
      );
    await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/ps ${shop.name}` });
    await it.slack.waitFor(lists, seen);
    await killAndStart(it);

    await it.slack.waitFor(says('/ps', 'may be missing', 'Nothing was changed'), seen);
    expect(it.slack.messages(seen).filter(lists)).toHaveLength(1);
  });
});
