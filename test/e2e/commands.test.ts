import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { buttonsOf } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Mode, storeOf } from './harness.ts';
import { SHAPE } from './shapes/shape.ts';
import { sharedScene } from './shared.ts';
import { said, says } from './story.ts';

const run = promisify(execFile);
/** Clicks on one button at once. For each, functions start a process of their own, within Slack's three seconds. */
const CLICKS = SHAPE === 'lambda' ? 2 : 4;

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'the bot as shipped, over $mode',
  ({ mode }) => {
    const shared = sharedScene(() => ({ mode }));
    /** The first of its tests is the first that asks who is in a group, and the last kills it. */
    const own = sharedScene(() => ({ mode }));

    it('lists images privately, in one acknowledgement, and shares them on a click', async () => {
      const it = await shared();
      const name = uniqueName('listed');
      await makeImage(bed().sockets[0] as string, `${name}:1.0`);

      const acknowledged = await it.slack.type({
        person: 'U0DEV1',
        channel: 'C0STAGING',
        text: `/images ${name} @staging-1`,
      });
      const mine = await it.slack.waitFor(says(name, 'REPOSITORY', 'IMAGE ID', 'CREATED', 'SIZE'), {
        channel: 'C0STAGING',
        as: 'U0DEV1',
      });

      expect(acknowledged.ok).toBe(true);
      expect(mine.onlyFor).toBe('U0DEV1');
      expect(it.slack.messages({ channel: 'C0STAGING', as: 'U0OPS1' })).toEqual([]);

      await it.slack.click({ person: 'U0DEV1', message: mine, label: 'Share' });
      const open = await it.slack.waitFor(says(name), { channel: 'C0STAGING', as: 'U0OPS1' });
      expect(open.onlyFor).toBeUndefined();
    });

    it('turns the pages of a long list in place, there and back', async () => {
      const it = await shared();
      const socket = bed().sockets[0] as string;
      const name = uniqueName('paged');
      await makeImage(socket, `${name}:00`);
      for (let index = 1; index < 25; index += 1)
        await mustCall(socket, 'POST', `/images/${name}:00/tag?repo=${name}&tag=${String(index).padStart(2, '0')}`);
      const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/images ${name} --sort name @staging-1` });
      const first = await it.slack.waitFor(says('page 1 of 2', '"00"', '"19"'), seen);
      expect(buttonsOf(first.blocks).map(({ text }) => text.text)).toEqual(['More ›', 'Share']);

      await it.slack.click({ person: 'U0DEV1', message: first, label: 'More ›' });
      const second = await it.slack.waitFor(says('page 2 of 2', '"24"'), seen);
      expect(said(second)).not.toContain('"19"');
      expect(second.ts).toBe(first.ts);
      expect(buttonsOf(second.blocks).map(({ text }) => text.text)).toEqual(['‹ Back', 'Share']);

      await it.slack.click({ person: 'U0DEV1', message: second, label: '‹ Back' });
      const back = await it.slack.waitFor(says('page 1 of 2'), seen);
      expect(back.ts).toBe(first.ts);
      // Beside it is only that the host was slow, where it was.
      expect(it.slack.messages(seen).filter(says('of 2'))).toHaveLength(1);
    });

    it('asks on which host when several have the container, and a button answers in its place', async () => {
      const it = await shared();
      const name = uniqueName('twice');
      const [one, two] = bed().sockets as [string, string];
      await using _one = await container(one, { name, cmd: ['echo', 'from one'], wait: true });
      await using _two = await container(two, { name, cmd: ['echo', 'from two'], wait: true });
      const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/logs ${name}` });
      const asked = await it.slack.waitFor(
        says('is on staging-1 and web-1. Which one?', 'gone-1 did not answer'),
        seen,
      );
      await it.slack.click({ person: 'U0DEV1', message: asked, label: 'web-1' });

      const log = await it.slack.waitFor(says('from two'), seen);
      expect(said(log)).not.toContain('from one');
      expect(log.ts).toBe(asked.ts);
    });

    it('says its commands under /dock as well', async () => {
      const it = await shared();
      const seen = { channel: 'C0PROD', as: 'U0DEV1' };
      await using ran = await container(bed().sockets[1] as string, { cmd: ['echo', 'umbrella'], wait: true });
      const { registry } = bed();
      const lines: readonly [string, ...string[]][] = [
        [`images ${uniqueName('none')}`, 'No image matches', 'none'],
        ['images --page 99', 'there is no 99'],
        ['ps -a', 'NAMES'],
        [`logs ${ran.name}`, 'umbrella'],
        [`pull ${registry.host}/fairlead/worker:2.0`, 'sha256:', 'linux/'],
        [`prune volumes ${uniqueName('none')}`, 'Nothing to remove'],
        ['help', '/images'],
        ['hosts', 'web-1'],
        ['can prune images', 'Yes, once approved'],
        ['whoami', 'U0DEV1'],
        ['audit', 'whoami'],
      ];
      for (const [line, ...words] of lines) {
        await it.slack.type({ person: 'U0DEV1', channel: 'C0PROD', text: `/dock ${line}` });
        await it.slack.waitFor(says(...words), seen);
      }
    }, 90_000);

    it('names the host that is down and shows the others', async () => {
      const it = await shared();

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps --on all' });

      const reply = await it.slack.waitFor(says('gone-1', 'Not reachable', '*staging-1*', '*web-1*'), {
        channel: 'C0STAGING',
        as: 'U0DEV1',
      });
      expect(reply.text).toContain('; nothing from gone-1');
    });

    it('shows a log with standard error marked and secrets masked', async () => {
      const it = await shared();
      await using ran = await container(bed().sockets[0] as string, {
        cmd: ['sh', '-c', 'echo hello; echo PASSWORD=hunter22 >&2; echo "<!channel> \u001b[31mred\u001b[0m"'],
        env: ['DB_PASSWORD=verysecret'],
        wait: true,
      });

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/logs ${ran.name} @staging-1` });

      const reply = await it.slack.waitFor(says('hello', '! PASSWORD=***'), { channel: 'C0STAGING', as: 'U0DEV1' });
      expect(said(reply)).not.toContain('hunter22');
      expect(
        JSON.stringify(reply.blocks.filter((block) => (block as { type: string }).type !== 'rich_text')),
      ).not.toContain('<!channel>');
      expect(said(reply)).toContain('red');
      expect(said(reply)).not.toContain('[31m');
    });

    it('follows a log live in one private message until Stop', async () => {
      const it = await shared();
      await using running = await container(bed().sockets[0] as string, {
        cmd: ['sh', '-c', 'i=0; while true; do i=$((i+1)); echo line-$i; sleep 0.2; done'],
      });

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/logs ${running.name} -f @staging-1` });
      const live = await it.slack.waitFor(says('line-8'), { channel: 'D0DEV1', as: 'U0DEV1' });
      expect(it.slack.messages({ channel: 'D0DEV1', as: 'U0OPS1' })).toEqual([]);

      await it.slack.click({ person: 'U0DEV1', message: live, label: 'Stop' });
      const ended = await it.slack.waitFor(says('ended: stopped'), { channel: 'D0DEV1', as: 'U0DEV1' });
      expect(ended.ts).toBe(live.ts);
      expect(buttonsOf(ended.blocks)).toEqual([]);
    });

    it('prunes exactly what was previewed, keeps what came into use, and decides once', async () => {
      const it = await shared();
      const socket = bed().sockets[0] as string;
      const [gone, kept] = [uniqueName('gone'), uniqueName('kept')];
      for (const Name of [gone, kept]) await mustCall(socket, 'POST', '/volumes/create', { Name });

      await it.slack.type({
        person: 'U0DEV1',
        channel: 'C0STAGING',
        text: `/prune volumes ${gone} ${kept} @staging-1`,
      });
      const card = await it.slack.waitFor(says(gone.slice(0, 12), 'wants to remove'), {
        channel: 'C0STAGING',
        as: 'U0DEV1',
      });
      const { Id } = JSON.parse(
        await mustCall(socket, 'POST', '/containers/create', {
          Image: 'busybox:1.0',
          Cmd: ['sleep', '60'],
          HostConfig: { NetworkMode: 'none', Binds: [`${kept}:/data`] },
        }),
      ) as { Id: string };
      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Remove', times: CLICKS });

      const result = await it.slack.waitFor(says('removed 1 volume', 'in use'), {
        channel: 'C0STAGING',
        as: 'U0DEV1',
      });
      expect(result.ts).toBe(card.ts);
      expect((await callEngine(socket, 'GET', `/volumes/${gone}`)).status).toBe(404);
      expect((await callEngine(socket, 'GET', `/volumes/${kept}`)).status).toBe(200);
      const late = () => it.slack.messages({ channel: 'C0STAGING', as: 'U0DEV1' }).filter(says('already approved'));
      await expect.poll(late, { timeout: 10_000 }).toHaveLength(CLICKS - 1);
      await callEngine(socket, 'DELETE', `/containers/${Id}?force=true`);
    });

    it('where the config asks for a second person, the first one cannot confirm', async () => {
      const it = await shared();
      const Name = uniqueName('approved');
      await mustCall(bed().sockets[1] as string, 'POST', '/volumes/create', { Name });
      await it.slack.type({ person: 'U0DEV1', channel: 'C0PROD', text: `/prune volumes ${Name}` });
      const card = await it.slack.waitFor(says('Needs approval from <!subteam^S0ONCALL>'), {
        channel: 'C0PROD',
        as: 'U0OPS1',
      });

      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Approve' });
      await it.slack.waitFor(says('somebody else has to approve'), { channel: 'C0PROD', as: 'U0DEV1' });
      await it.slack.click({ person: 'U0VIEW1', message: card, label: 'Approve' });
      await it.slack.waitFor(says('is not for you', 'Who can: oncall'), { channel: 'C0PROD', as: 'U0VIEW1' });
      expect((await callEngine(bed().sockets[1] as string, 'GET', `/volumes/${Name}`)).status).toBe(200);

      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
      await it.slack.waitFor(says('removed 1 volume', 'approved by <@U0OPS1>'), { channel: 'C0PROD', as: 'U0DEV1' });
      expect((await callEngine(bed().sockets[1] as string, 'GET', `/volumes/${Name}`)).status).toBe(404);
    });

    it('answers a mention in its thread', async () => {
      const it = await shared();
      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: 'what runs there?' });
      const [root] = it.slack.messages({ channel: 'C0STAGING', as: 'U0DEV1' });

      const say = (text: string) =>
        it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text, threadTs: root?.ts ?? '' });
      await say('please do not @fairlead prune images');
      await say('> @fairlead prune images');
      await say('hi @fairlead');
      await say('<@U0OPS1> @fairlead: `/ps\u3000@staging-1`');

      const reply = await it.slack.waitFor(says('*staging-1*'), { channel: 'C0STAGING', as: 'U0DEV1' });
      expect(reply).toMatchObject({ threadTs: root?.ts, onlyFor: 'U0DEV1' });
      const answers = it.slack
        .messages({ channel: 'C0STAGING', as: 'U0DEV1' })
        .filter(({ author }) => author === 'U0FAIRLEAD');
      expect(answers).toHaveLength(1);
    });

    it('fails closed when Slack will not say who is in a group', async () => {
      const it = await own();
      const known = it.slack.faults.during({ method: 'usergroups.users.list', error: 'plan_upgrade_required' });

      await it.slack.type({ person: 'U0OPS1', channel: 'C0STAGING', text: '/images @staging-1' });

      await it.slack.waitFor(says('did not say who is in oncall'), { channel: 'C0STAGING', as: 'U0OPS1' });
      known();
    });

    it('writes every decision and outcome to the chain, refused ones too, and survives SIGKILL', async () => {
      const it = await own();
      await it.slack.type({ person: 'U0OUT1', channel: 'C0PROD', text: '/prune images -a' });
      await it.slack.waitFor(says('is for developers or oncall'), { channel: 'C0PROD', as: 'U0OUT1' });
      await it.slack.type({ person: 'U0DEV1', channel: 'C0PROD', text: '/ps' });
      await it.slack.waitFor(says('*web-1*'), { channel: 'C0PROD', as: 'U0DEV1' });

      await it.kill();
      const { stdout: verified } = await run(process.execPath, ['dist/cli.js', 'audit', 'verify'], { env: it.env });
      const search = async (channel: string) => {
        const args = ['dist/cli.js', 'run', '/dock audit', '--as', 'U0DEV1', '--in', channel, '--json'];
        const { stdout } = await run(process.execPath, args, { env: it.env });
        return (JSON.parse(stdout) as { records: { person: string; decision?: string; line: string }[] }).records;
      };
      const store = await storeOf(it.env);
      const written = await store.audit.search({ limit: 20 });
      await store.close();

      expect(verified).toContain('the chain is whole');
      // A grant for staging shows nothing of production.
      expect((await search('C0STAGING')).map(({ line }) => line)).toEqual(['audit']);
      const records = await search('C0PROD');
      expect(written).toContainEqual(
        expect.objectContaining({ person: 'U0OUT1', decision: 'deny', line: 'prune images -a' }),
      );
      expect(records).toContainEqual(expect.objectContaining({ person: 'U0DEV1', decision: 'allow', line: 'ps' }));
    });
  },
);
