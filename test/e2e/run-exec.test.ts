import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Mode, opened, scene } from './harness.ts';
import { says } from './story.ts';

const socket = () => bed().sockets[0] ?? '';
const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0OPS1' };

const config = () => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  staging-1: { url: "unix://${socket()}" }
groups:
  oncall: { people: [U0OPS1] }
roles:
  mechanic:
    commands: [run, exec, grant, grants]
    exec:
      - { commands: [ "echo ...", "id -u", "seq 1 *" ] }
      - { commands: [ "env" ], onGrant: true }
channels:
  ${CHANNEL}: { name: staging, grants: [ { role: mechanic, hosts: all } ] }
approvals:
  - { commands: [grant], hosts: all, from: [oncall] }
budget: { commands: 1000, per: 1m }
`;

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'containers are run, and commands in them, over $mode',
  ({ mode }) => {
    it('shows its result in the channel, long output as a file', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await container(socket(), { cmd: ['sleep', '600'] });
      const name = uniqueName('run');
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });

      await type(`/exec ${shop.name} echo “it works”`);
      await it.slack.waitFor(says('Succeeded', 'it works', shop.name), seen);
      await type(`/exec ${shop.name} seq 1 500`);
      await it.slack.waitFor(says('all are in the file'), seen);
      await type(`/run -d -m 64m --name ${name} busybox:1.0 sh -c "echo ready; sleep 600"`);
      await it.slack.waitFor(says('Started', name, 'ready'), seen);
      await type(`/run --rm -m 64m busybox:1.0 sh -c "echo done; exit 3"`);
      await it.slack.waitFor(says('Exit code 3', 'done', 'removed'), seen);
      await type(`/run -d -m 64m -v /:/x busybox:1.0`);
      await it.slack.waitFor(says('guardrails'), { channel: CHANNEL, as: 'U0DEV1' });

      await callEngine(socket(), 'DELETE', `/containers/${name}?force=true`);
    }, 60_000);

    it('grants more for a time, once somebody on call has said yes', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await container(socket(), { cmd: ['sleep', '600'] });
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });

      await type(`/dock grant exec ${shop.name} for 30m --reason "orders are stuck"`);
      const card = await it.slack.waitFor(says('orders are stuck', 'Approve'), seen);
      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
      await it.slack.waitFor(says('may run these', 'End it now'), seen);
      await type(`/exec ${shop.name} env`);

      await it.slack.waitFor(says('Succeeded', 'PATH='), seen);
      const active = await it.slack.waitFor(says('may run these', 'End it now'), seen);
      await it.slack.click({ person: 'U0OPS1', message: active, label: 'End it now' });

      const isSummary = says('was ended by', 'env', 'orders are stuck');
      const summary = await it.slack.waitFor(isSummary, seen);
      expect(summary.threadTs).toBe(card.ts);
    }, 60_000);

    it('opens forms where what is needed was not typed, and does what they say', async () => {
      await using it = await scene({ mode, config: config() });
      await using shop = await container(socket(), { cmd: ['sleep', '600'] });

      await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text: '/exec' });
      await opened(it.slack, 'U0DEV1');
      const viewId = it.slack.view({ person: 'U0DEV1' })?.id ?? '';
      await it.slack.suggest({ person: 'U0DEV1', viewId, actionId: 'containers', query: shop.name });
      const values = { containers: `${shop.name}@staging-1`, command: 'echo from a “form”' };
      await it.slack.submitView({ person: 'U0DEV1', values });
      await it.slack.waitFor(says('Succeeded', 'from a form', shop.name), seen);
      await it.slack.type({ person: 'U0OPS1', channel: CHANNEL, text: '/run' });
      await opened(it.slack, 'U0OPS1');
      const run = { image: 'busybox:1.0', command: 'sh -c "echo run by a form"', memory: '64m', how: 'once' };
      await it.slack.submitView({ person: 'U0OPS1', values: run });

      await it.slack.waitFor(says('Succeeded', 'run by a form', 'removed'), seen);
    }, 60_000);
  },
);
