import { expect, it } from 'vitest';
import type { HostPlan } from '../../src/docker/rollout/types.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { messageOfReply } from '../../src/slack/reply/reply.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { plannedReply } from '../../src/slack/views/deploy/planned.ts';
import { card, plan } from '../pictures/cards.ts';

const change = (setting: string, from: string, to: string) => ({ setting, from, to, secret: false });

/** A plan over many hosts, alike but for what is said of each. */
function planOver(count: number, own: (host: string, index: number) => Partial<HostPlan>): DeployPlan {
  const like = { ...(plan.hosts[0] as HostPlan), changes: [], warnings: [] };
  const hosts = Array.from({ length: count }, (_, index) => {
    const host = `web-${index + 1}`;
    return { ...like, host, diskFreeBytes: index * 1e9, ...own(host, index) };
  });
  return { ...plan, hosts, waves: [hosts.map(({ host }) => host)] };
}

const onCard = (over: DeployPlan) => plainText(cardView({ ...card, plan: over }).blocks);
function inDetails(over: DeployPlan) {
  const reply = plannedReply({
    kind: 'planned',
    plan: over,
    hash: 'f00d',
    nobody: undefined,
    glass: undefined,
    audit: '',
  });
  const { blocks, file } = messageOfReply(reply);
  return { text: plainText(blocks), file: file?.content };
}

it('the one host of many that would change is said on the card and in the details; only those alike share a line', () => {
  const over = planOver(25, (host) => (host === 'web-23' ? { changes: [change('privileged', 'not set', 'yes')] } : {}));

  expect(onCard(over)).toMatch(/^web-1, web-2, web-3, web-4, web-5 and 19 more: .*\n *web-23: .*\n.*also privileged/mu);
  const { text, file } = inDetails(over);
  expect(text).toMatch(/^web-23\n(?:.*\n){3}Settings that change: privileged `not set` → `yes`/mu);
  expect(text).toMatch(/web-22, web-24, web-25\n/u);
  expect(text).not.toContain('more host');
  for (const { host } of over.hosts) expect(file).toContain(`==> ${host} <==\nNow: `);
});

it('hosts that are all different are counted where they do not fit, and are in the file one by one', () => {
  const over = planOver(30, (_, index) => ({ changes: [change('memory', 'not set', `${index + 1} GiB`)] }));

  expect(onCard(over)).toContain('… and 18 more hosts: see Details.');
  const { text, file } = inDetails(over);
  expect(text).toContain('… and 10 more hosts: they are in the file.');
  expect(file).toMatch(/==> web-30 <==\n(?:.*\n){3}Settings that change: memory `not set` → `30 GiB`/u);
});

it('a setting too long for the message is in the file to its end', () => {
  const folders = Array.from({ length: 30 }, (_, index) => `/srv/shop/${index}:/data/${index}`).join(', ');
  const over = planOver(1, () => ({ changes: [change('volumes', 'not set', `${folders}, /var/run/docker.sock:/s`)] }));

  expect(inDetails(over).file).toContain('/var/run/docker.sock:/s');
});

it('warnings that do not fit on the card are counted there, and in the details', () => {
  const warnings = Array.from({ length: 10 }, (_, index) => `Something to know, number ${index + 1}.`);
  const over = planOver(2, () => ({ warnings }));

  expect(onCard(over)).toContain('number 8.\n… and 2 more warnings: see Details.');
  expect(inDetails(over)).toMatchObject({ text: expect.stringContaining('number 10.'), file: undefined });
});

it('a container that was started by its digest shows it once', () => {
  const over = planOver(1, () => {
    const { now } = plan.hosts[0] as HostPlan;
    return { now: now && { ...now, tag: undefined, digest: `sha256:${'ab'.repeat(32)}` } };
  });

  expect(inDetails(over).text.match(/abababababab/gu)).toHaveLength(1);
});
