import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { buttonsOf } from '../../playground/server/index.ts';
import type { StoredMessage } from '../../playground/server/world.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Mode, scene } from './harness.ts';

const run = promisify(execFile);
const said = (message: StoredMessage) => `${message.text}\n${JSON.stringify(message.blocks)}`;
const says =
  (...words: string[]) =>
  (message: StoredMessage) =>
    words.every((word) => said(message).includes(word));

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'the bot as shipped, over $mode',
  ({ mode }) => {
    it('lists images privately, in one acknowledgement, and shares them on a click', async () => {
      await using it = await scene({ mode });
      const name = uniqueName('listed');
      await makeImage(bed().sockets[0] as string, `${name}:1.0`);

      const acknowledged = await it.slack.type('U0DEV1', 'C0STAGING', `/images ${name} @staging-1`);
      const mine = await it.slack.waitFor(
        'U0DEV1',
        'C0STAGING',
        says(name, 'REPOSITORY', 'IMAGE ID', 'CREATED', 'SIZE'),
      );

      expect(acknowledged.ok).toBe(true);
      expect(mine.onlyFor).toBe('U0DEV1');
      expect(it.slack.messages('U0OPS1', 'C0STAGING')).toEqual([]);

      await it.slack.click('U0DEV1', mine, 'Share');
      const shared = await it.slack.waitFor('U0OPS1', 'C0STAGING', says(name));
      expect(shared.onlyFor).toBeUndefined();
    });

    it('names the host that is down and shows the others', async () => {
      await using it = await scene({ mode });

      await it.slack.type('U0DEV1', 'C0STAGING', '/ps --on all');

      const reply = await it.slack.waitFor(
        'U0DEV1',
        'C0STAGING',
        says('gone-1', 'Did not answer', '*staging-1*', '*web-1*'),
      );
      expect(reply.text).toContain('gone-1 did not answer');
    });

    it('pulls with progress in the channel, digest and size at the end', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();

      await it.slack.type('U0DEV1', 'C0STAGING', `/pull ${registry.host}/fairlead/shop:1.1.0 @staging-1`);

      const done = await it.slack.waitFor('U0VIEW1', 'C0STAGING', says('sha256:', 'linux/'));
      expect(done.text).toContain('pulled on 1 host');
    });

    it('names the nearest real tags when a tag is not there', async () => {
      await using it = await scene({ mode });

      await it.slack.type('U0DEV1', 'C0STAGING', `/pull ${bed().registry.host}/fairlead/shop:1.0.1 @staging-1`);

      await it.slack.waitFor('U0DEV1', 'C0STAGING', says('There is no', '1.0.0', '1.1.0'));
    });

    it('shows a log with standard error marked and secrets masked', async () => {
      await using it = await scene({ mode });
      await using ran = await container(bed().sockets[0] as string, {
        cmd: ['sh', '-c', 'echo hello; echo PASSWORD=hunter22 >&2; echo "<!channel> \u001b[31mred\u001b[0m"'],
        env: ['DB_PASSWORD=verysecret'],
        wait: true,
      });

      await it.slack.type('U0DEV1', 'C0STAGING', `/logs ${ran.name} @staging-1`);

      const reply = await it.slack.waitFor('U0DEV1', 'C0STAGING', says('hello', '! PASSWORD=***'));
      expect(said(reply)).not.toContain('hunter22');
      expect(
        JSON.stringify(reply.blocks.filter((block) => (block as { type: string }).type !== 'rich_text')),
      ).not.toContain('<!channel>');
      expect(said(reply)).toContain('red');
      expect(said(reply)).not.toContain('[31m');
    });

    it('follows a log live in one private message until Stop', async () => {
      await using it = await scene({ mode });
      await using running = await container(bed().sockets[0] as string, {
        cmd: ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo line-$i; sleep 0.2; done'],
      });

      await it.slack.type('U0DEV1', 'C0STAGING', `/logs ${running.name} -f @staging-1`);
      const live = await it.slack.waitFor('U0DEV1', 'D0DEV1', says('line-8'));
      expect(it.slack.messages('U0OPS1', 'D0DEV1')).toEqual([]);

      await it.slack.click('U0DEV1', live, 'Stop');
      const ended = await it.slack.waitFor('U0DEV1', 'D0DEV1', says('ended: stopped'));
      expect(ended.ts).toBe(live.ts);
      expect(buttonsOf(ended)).toEqual([]);
    });

    it('prunes exactly what was previewed, keeps what came into use, and decides once', async () => {
      await using it = await scene({ mode });
      const socket = bed().sockets[0] as string;
      const [gone, kept] = [uniqueName('gone'), uniqueName('kept')];
      for (const Name of [gone, kept]) await mustCall(socket, 'POST', '/volumes/create', { Name });

      await it.slack.type('U0DEV1', 'C0STAGING', `/prune volumes ${gone} ${kept} @staging-1`);
      const card = await it.slack.waitFor('U0DEV1', 'C0STAGING', says(gone.slice(0, 12), 'exactly these 2'));
      const { Id } = JSON.parse(
        await mustCall(socket, 'POST', '/containers/create', {
          Image: 'busybox:1.0',
          Cmd: ['sleep', '60'],
          HostConfig: { NetworkMode: 'none', Binds: [`${kept}:/data`] },
        }),
      ) as { Id: string };
      await it.slack.click('U0DEV1', card, 'Remove', 4);

      const result = await it.slack.waitFor('U0DEV1', 'C0STAGING', says('removed 1 volume', 'came into use'));
      expect(result.ts).toBe(card.ts);
      expect((await callEngine(socket, 'GET', `/volumes/${gone}`)).status).toBe(404);
      expect((await callEngine(socket, 'GET', `/volumes/${kept}`)).status).toBe(200);
      expect(it.slack.messages('U0DEV1', 'C0STAGING').filter(says('already approved'))).toHaveLength(3);
      await callEngine(socket, 'DELETE', `/containers/${Id}?force=true`);
    });

    it('where the config asks for a second person, the first one cannot confirm', async () => {
      await using it = await scene({ mode });
      const Name = uniqueName('approved');
      await mustCall(bed().sockets[1] as string, 'POST', '/volumes/create', { Name });
      await it.slack.type('U0DEV1', 'C0PROD', `/prune volumes ${Name}`);
      const card = await it.slack.waitFor('U0OPS1', 'C0PROD', says('Somebody else from'));

      await it.slack.click('U0DEV1', card, 'Approve');
      await it.slack.waitFor('U0DEV1', 'C0PROD', says('somebody else has to approve'));
      await it.slack.click('U0VIEW1', card, 'Approve');
      await it.slack.waitFor('U0VIEW1', 'C0PROD', says('is for oncall'));
      expect((await callEngine(bed().sockets[1] as string, 'GET', `/volumes/${Name}`)).status).toBe(200);

      await it.slack.click('U0OPS1', card, 'Approve');
      await it.slack.waitFor('U0DEV1', 'C0PROD', says('removed 1 volume', 'approved by <@U0OPS1>'));
      expect((await callEngine(bed().sockets[1] as string, 'GET', `/volumes/${Name}`)).status).toBe(404);
    });

    it('fails closed when Slack will not say who is in a group', async () => {
      await using it = await scene({ mode });
      it.slack.faults.next({ on: 'usergroups.users.list', error: 'plan_upgrade_required' });

      await it.slack.type('U0OPS1', 'C0STAGING', '/images @staging-1');

      await it.slack.waitFor('U0OPS1', 'C0STAGING', says('could not read the group oncall'));
    });

    it('answers a mention in its thread', async () => {
      await using it = await scene({ mode });
      await it.slack.type('U0DEV1', 'C0STAGING', 'what runs there?');
      const [root] = it.slack.messages('U0DEV1', 'C0STAGING');

      await it.slack.type('U0DEV1', 'C0STAGING', '@fairlead ps @staging-1', root?.ts);

      const reply = await it.slack.waitFor('U0DEV1', 'C0STAGING', says('*staging-1*'));
      expect(reply).toMatchObject({ threadTs: root?.ts, onlyFor: 'U0DEV1' });
    });

    it('writes every decision and outcome to the chain, refused ones too, and survives SIGKILL', async () => {
      await using it = await scene({ mode });
      await it.slack.type('U0OUT1', 'C0PROD', '/prune images -a');
      await it.slack.waitFor('U0OUT1', 'C0PROD', says('is for developers or oncall'));
      await it.slack.type('U0DEV1', 'C0PROD', '/ps');
      await it.slack.waitFor('U0DEV1', 'C0PROD', says('*web-1*'));

      it.process.kill('SIGKILL');
      const { stdout: verified } = await run(process.execPath, ['dist/cli.js', 'audit', 'verify'], { env: it.env });
      const { stdout: found } = await run(
        process.execPath,
        ['dist/cli.js', 'run', '/dock audit', '--as', 'U0DEV1', '--in', 'C0STAGING', '--json'],
        { env: it.env },
      );

      expect(verified).toContain('the chain is whole');
      const { records } = JSON.parse(found) as { records: { person: string; decision?: string; line: string }[] };
      expect(records).toContainEqual(
        expect.objectContaining({ person: 'U0OUT1', decision: 'deny', line: 'prune images -a' }),
      );
      expect(records).toContainEqual(expect.objectContaining({ person: 'U0DEV1', decision: 'allow', line: 'ps' }));
    });
  },
);
