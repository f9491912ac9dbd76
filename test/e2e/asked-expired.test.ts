import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import type { Message } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { scene } from './harness.ts';
import { isNote, labels, said, says } from './story.ts';

const socket = () => bed().sockets[0] ?? '';
const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0DEV1', timeoutMs: 60_000 };

const config = (expires: string) => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  staging-1: { url: "unix://${socket()}", labels: { env: staging } }
groups:
  oncall: { people: [U0OPS1] }
roles:
  operator: { commands: [kill, prune] }
channels:
  ${CHANNEL}: { name: staging, grants: [ { role: operator, hosts: all } ] }
approvals:
  - { commands: [kill, prune], hosts: all, from: [oncall], expires: ${expires} }
budget: { commands: 1000, per: 1m }
`;

describeWithEngine('a message that asks for approval', { timeout: 180_000 }, () => {
  it('loses its buttons when its request expires, and who asked hears of it once', async () => {
    await using it = await scene({ config: config('4s') });
    await using shop = await container(socket(), { cmd: ['sleep', '600'] });
    const Name = uniqueName('left');
    await mustCall(socket(), 'POST', '/volumes/create', { Name });
    const lines = [`prune volumes ${Name} @staging-1`, `kill ${shop.name}`];

    for (const line of lines) {
      await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/dock ${line}` });
      const asked = await it.slack.waitFor(
        says('Needs approval', line.split(' ')[0] === 'kill' ? shop.name : Name),
        seen,
      );
      const closed = await it.slack.waitFor(isClosed(asked), seen);
      expect(said(closed)).toMatch(/Expired/u);
      expect(said(closed)).toContain(line);
      const told = await it.slack.waitFor(
        (message) => isNote(asked)(message) && says('<@U0DEV1>: approval expired')(message),
        seen,
      );
      expect(labels(told)).toEqual(['Retry']);
    }
    expect(it.slack.messages(seen).filter(says('approval expired'))).toHaveLength(2);
    await mustCall(socket(), 'GET', `/volumes/${Name}`);
    await mustCall(socket(), 'DELETE', `/volumes/${Name}`);
  });

  it('says how its request ended where that was answered by a typed line', async () => {
    await using it = await scene({ config: config('10m') });
    const type = (person: string, text: string) => it.slack.type({ person, channel: CHANNEL, text });
    for (const [answer, words] of [
      ['reject', 'not tonight'],
      ['approve', 'Approved by <@U0OPS1>'],
    ] as const) {
      const Name = uniqueName(answer);
      await mustCall(socket(), 'POST', '/volumes/create', { Name });
      await type('U0DEV1', `/dock prune volumes ${Name} @staging-1`);
      const asked = await it.slack.waitFor(says(Name, 'Needs approval'), seen);
      const [id = ''] = /(?<=\/dock approve )\w+/u.exec(said(asked)) ?? [];
      await type('U0OPS1', `/dock ${answer} ${id}${answer === 'reject' ? ' --reason "not tonight"' : ''}`);

      const closed = await it.slack.waitFor((message) => isClosed(asked)(message) && says(words)(message), seen);
      expect(closed.ts).toBe(asked.ts);
      if (answer === 'reject') await mustCall(socket(), 'DELETE', `/volumes/${Name}`);
      else await it.slack.waitFor(says('removed 1 volume', 'approved by <@U0OPS1>'), seen);
    }
  });
});

const isClosed = (asked: Message) => (message: Message) => message.ts === asked.ts && labels(message).length === 0;
