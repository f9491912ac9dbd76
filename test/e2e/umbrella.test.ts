import { expect, it } from 'vitest';
import { buttonsOf, type Message } from '../../playground/server/index.ts';
import { SPECS } from '../../src/commands/index.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { scene } from './harness.ts';

const says =
  (...words: string[]) =>
  ({ text, blocks }: Message) =>
    words.every((word) => `${text}\n${JSON.stringify(blocks)}`.includes(word));
/** The id a card's or a log's button is about. */
const idIn = (message: Message) => /[0-9A-Z]{26}/u.exec(buttonsOf(message.blocks)[0]?.value ?? '')?.[0] ?? '';

describeWithEngine('/dock', () => {
  it('takes every command, and answers and ends what its cards are about', async () => {
    await using it = await scene();
    const socket = bed().sockets[1] as string;
    await using ran = await container(socket, { cmd: ['sh', '-c', 'echo followed; sleep 600'] });
    const [kept, dropped] = [uniqueName('kept'), uniqueName('dropped')];
    for (const Name of [kept, dropped]) await engineApi(socket, 'POST', '/volumes/create', { Name });
    const seen = { channel: 'C0PROD', as: 'U0DEV1' };
    const say = (person: string, line: string) => it.slack.type({ person, channel: 'C0PROD', text: `/dock ${line}` });
    const asked = async (volume: string) => {
      await say('U0DEV1', `prune volumes ${volume}`);
      return idIn(await it.slack.waitFor(says('wants to remove', volume), seen));
    };

    for (const { name, slash } of SPECS) {
      await say('U0DEV1', `${name} --help`);
      await it.slack.waitFor(says(`*${slash ? '/' : '/dock '}${name}*`), seen);
    }
    await say('U0OPS1', `reject ${await asked(kept)} --reason "not today"`);
    await it.slack.waitFor(says('rejected', "'s request to prune"), seen);
    await say('U0OPS1', `approve ${await asked(dropped)}`);
    await it.slack.waitFor(says('removed 1 volume'), seen);
    await say('U0DEV1', `logs ${ran.name} -f`);
    const live = await it.slack.waitFor(says('followed', 'Stop'));
    await say('U0DEV1', `stop ${idIn(live)}`);
    await it.slack.waitFor((message) => message.ts === live.ts && buttonsOf(message.blocks).length === 0);
    await say('U0DEV1', 'deploy shop 1.0');
    await it.slack.waitFor(says('No grant in this channel has `deploy`'), seen);

    expect((await engineApi(socket, 'DELETE', `/volumes/${kept}`)).status).toBe(204);
    expect((await engineApi(socket, 'GET', `/volumes/${dropped}`)).status).toBe(404);
  }, 90_000);
});
