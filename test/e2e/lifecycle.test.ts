import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import { buttonsOf } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Mode, opened, scene } from './harness.ts';
import { says } from './story.ts';

const socket = () => bed().sockets[0] ?? '';
const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0DEV1' };

const ALL = 'start, stop, restart, kill, pause, unpause, rename, rm, update, cp-out';
const config = () => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  staging-1: { url: "unix://${socket()}", labels: { env: staging } }
groups:
  oncall: { people: [U0OPS1] }
roles:
  operator: { commands: [ps, ${ALL}] }
channels:
  ${CHANNEL}: { name: staging, grants: [ { role: operator, hosts: all } ] }
approvals:
  - { commands: [kill], hosts: all, from: [oncall] }
budget: { commands: 1000, per: 1m }
`;

async function statusOf(id: string): Promise<string> {
  const { State } = JSON.parse(await mustCall(socket(), 'GET', `/containers/${id}/json`)) as {
    State: { Status: string };
  };
  return State.Status;
}

const running = () => container(socket(), { cmd: ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'] });

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'containers are changed, over $mode',
  ({ mode }) => {
    it('each command does what docker does, and says so in the channel', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await running();
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });
      const expectSaid = async (text: string, ...words: string[]) => {
        await type(text);
        const message = await it.slack.waitFor(says(...words), { channel: CHANNEL, as: 'U0OPS1' });
        expect(message.onlyFor).toBeUndefined();
      };
      const to = uniqueName('renamed');

      await expectSaid(`/dock pause ${shop.name}`, shop.name, 'paused');
      await expectSaid(`/dock unpause ${shop.name}`, shop.name, 'runs again');
      await expectSaid(`/dock update ${shop.name} --pids-limit 99 -m 64m --memory-swap 128m`, 'pids no limit → 99');
      await expectSaid(`/dock docker stop ${shop.name}`, shop.name, 'stopped with exit code');
      await expectSaid(`/dock start ${shop.name}`, shop.name, 'has been running for');
      await expectSaid(`/dock restart -t 5 ${shop.name}`, shop.name, 'restarted, and has been running for');
      await expectSaid(`/dock rename ${shop.name} ${to}`, 'is called', to);
      await expectSaid(`/dock docker stop -t 0 ${to}`, to, 'exit code');
      await expectSaid(`/dock rm ${to}`, to, 'removed');

      await expect(statusOf(shop.id)).rejects.toThrow();
    }, 120_000);

    it('a kill waits for on-call, whose click does it; a stop with dependents waits for a click', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await running();
      await using side = await container(socket(), {
        cmd: ['sleep', '600'],
        hostConfig: { NetworkMode: `container:${shop.id}` },
      });
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });

      await type(`/dock stop ${shop.name}`);
      const asked = await it.slack.waitFor(says('Stop', side.name, 'shares the network of'), seen);
      expect(buttonsOf(asked.blocks).map(({ text }) => text.text)).toEqual(['Stop', 'Cancel']);
      await it.slack.click({ person: 'U0DEV1', message: asked, label: 'Cancel' });
      await it.slack.waitFor(says('canceled', 'Nothing changed'), seen);
      expect(await statusOf(shop.id)).toBe('running');

      await type(`/dock kill ${side.name}`);
      const kill = await it.slack.waitFor(says('Kill', side.name, 'Needs approval'), {
        channel: CHANNEL,
        as: 'U0OPS1',
      });
      await it.slack.click({ person: 'U0DEV1', message: kill, label: 'Approve' });
      await it.slack.waitFor(says('somebody else has to approve it'), seen);
      expect(await statusOf(side.id)).toBe('running');
      await it.slack.click({ person: 'U0OPS1', message: kill, label: 'Approve' });
      const done = await it.slack.waitFor(says(side.name, 'ended by SIGKILL'), seen);
      expect(done.ts).toBe(kill.ts);
      expect(await statusOf(side.id)).toBe('exited');
    }, 60_000);

    it('a command without containers opens a form that offers what runs, and what was chosen is done', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await running();
      await using other = await running();

      await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: '/dock stop -t 5' });
      await opened(it.slack, 'U0DEV1');
      const viewId = it.slack.view({ person: 'U0DEV1' })?.id ?? '';
      const place = { person: 'U0DEV1', viewId, actionId: 'containers' };
      const byId = await it.slack.suggest({ ...place, query: other.id.slice(0, 8) });
      const none = await it.slack.suggest({ ...place, query: 'no-such-container' });
      const some = await it.slack.suggest({ ...place, query: shop.name.slice(0, -2) });
      await it.slack.submitView({ person: 'U0DEV1', values: { containers: [`${shop.name}@staging-1`] } });
      await it.slack.waitFor(says(shop.name, 'stopped with exit code'), seen);

      expect(some.map(({ value }) => value)).toContain(`${shop.name}@staging-1`);
      expect(byId.map(({ value }) => value)).toEqual([`${other.name}@staging-1`]);
      expect(none).toEqual([]);
      expect(await statusOf(shop.id)).toBe('exited');
      expect(await statusOf(other.id)).toBe('running');
    }, 60_000);

    it('a file comes in direct messages, and nobody else sees it', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await container(socket(), {
        cmd: ['sh', '-c', 'printf "port = 80\\npassword = hunter2-Xy7\\n" > /etc/app.conf; exec sleep 600'],
      });

      await expect
        .poll(async () => (await mustCall(socket(), 'GET', `/containers/${shop.id}/changes`)).includes('app.conf'))
        .toBe(true);
      await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/dock cp-out ${shop.name}:/etc/app.conf` });
      await it.slack.waitFor(says('/etc/app.conf', 'SHA-256'), seen);
      const withFile = await it.slack.waitFor(({ files }) => files.length > 0, { channel: 'D0DEV1', as: 'U0DEV1' });

      expect(withFile.files[0]?.content).toContain('port = 80');
      expect(withFile.files[0]?.content).not.toContain('hunter2');
      expect(it.slack.messages({ channel: CHANNEL, as: 'U0OPS1' })).toEqual([]);
    }, 60_000);
  },
);
