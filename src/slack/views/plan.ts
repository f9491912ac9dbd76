import type { KnownBlock } from '@slack/types';
import { sayDuration } from '../../commands/duration.ts';
import { saySize } from '../../commands/size.ts';
import type { HostPlan } from '../../docker/rollout/types.ts';
import type { DeployPlan } from '../../handlers/deploy/types.ts';
import { context, section } from '../blocks.ts';
import { clip, inline, plain, plural } from '../text.ts';

/** More hosts than this are counted rather than listed. */
const LISTED_HOSTS = 12;

/** `deploy shop 1.4.0`, `roll shop back to 1.3.2`: in sentences. */
export function what(plan: DeployPlan): string {
  const version = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  return plan.action === 'deploy' ? `deploy *${plan.service}* ${version}` : `roll *${plan.service}* back to ${version}`;
}

export function shortDigest(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}

/** For a card: a line a host, waves, and what is risky. */
export function planSummary(plan: DeployPlan): KnownBlock[] {
  const lines = plan.hosts.slice(0, LISTED_HOSTS).map((host) => planLine(host, plan));
  const rest = plan.hosts.length - LISTED_HOSTS;
  const more = rest > 0 ? [`… and ${plural(rest, 'more host')}`] : [];
  return [section(clip([...lines, ...more, ...wavesLine(plan)].join('\n'), 2900)), ...warningBlocks(plan)];
}

/** Everything a plan holds, for those who want to see it before they answer. */
export function planDetails(plan: DeployPlan, hash: string): KnownBlock[] {
  const hosts = plan.hosts.slice(0, 20).map((host) => section(clip(detailsOf(host, plan), 2900)));
  const rest = plan.hosts.length - 20;
  return [
    ...hosts,
    ...(rest > 0 ? [section(`… and ${plural(rest, 'more host')}, alike.`)] : []),
    ...(plan.waves.length > 1 ? [section(wavesLine(plan).join(''))] : []),
    ...warningBlocks(plan),
    context(`${inline(`${plan.image.repository}@${plan.image.digest}`, 400)} · plan ${inline(hash, 70)}`),
  ];
}

function planLine(host: HostPlan, plan: DeployPlan): string {
  const changes = host.changes.slice(0, 6).map(changeWords);
  const more = host.changes.length > 6 ? [`${host.changes.length - 6} more changes`] : [];
  const also = changes.length > 0 ? `\n      also ${[...changes, ...more].join(', ')}` : '';
  return `*${host.host}*: ${nowWord(host)} → ${nextWord(host, plan)} · ${host.strategy}, ${plain(lower(host.interruption))}${also}`;
}

function detailsOf(host: HostPlan, plan: DeployPlan): string {
  const { now } = host;
  const facts = [
    `Now: ${now ? `${nowWord(host)} (${inline(shortDigest(now.digest ?? now.imageId))}), container ${inline(now.containerId.slice(0, 12))}, ${plain(now.state)}` : 'nothing runs'}`,
    `Then: ${nextWord(host, plan)} (${inline(shortDigest(host.next.digest))}), ${host.imagePresent ? 'image is there' : 'image will be pulled'}`,
    `How: ${host.strategy}. ${plain(host.why)} Interruption: ${plain(host.interruption)}`,
    ...(host.changes.length > 0 ? [`Settings that change: ${host.changes.map(changeWords).join(', ')}`] : []),
    ...(now ? [`The old image ${host.oldImageKept ? 'stays for going back' : 'does not stay'}.`] : []),
    ...(host.diskFreeBytes === undefined ? [] : [`Disk free: ${saySize(host.diskFreeBytes)}`]),
  ];
  return `*${host.host}*\n${facts.join('\n')}`;
}

function changeWords({ setting, from, to, secret }: HostPlan['changes'][number]): string {
  return `${plain(setting)} ${secret ? 'changed' : `${inline(from === '' ? 'none' : from, 40)} → ${inline(to === '' ? 'none' : to, 40)}`}`;
}

function nowWord({ now }: HostPlan): string {
  return now ? inline(now.tag ?? shortDigest(now.digest ?? now.imageId), 60) : 'nothing';
}

function nextWord(host: HostPlan, plan: DeployPlan): string {
  return inline(host.next.tag ?? plan.image.tag ?? shortDigest(host.next.digest), 60);
}

function wavesLine(plan: DeployPlan): string[] {
  if (plan.waves.length < 2) return [];
  const waves = plan.waves
    .slice(0, 6)
    .map((wave) => (wave.length > 4 ? plural(wave.length, 'host') : wave.join(' + ')));
  const asked = plan.ask ? ', with a question in between' : '';
  return [`In ${plan.waves.length} waves${asked}: ${waves.join(', then ')}`];
}

function warningBlocks(plan: DeployPlan): KnownBlock[] {
  const warnings = new Map<string, string[]>();
  for (const host of plan.hosts)
    for (const warning of host.warnings) warnings.set(warning, [...(warnings.get(warning) ?? []), host.host]);
  if (warnings.size === 0) return [];
  const lines = [...warnings].slice(0, 8).map(([warning, hosts]) => {
    const where = hosts.length === plan.hosts.length ? '' : ` (${hosts.join(', ')})`;
    return `:warning: ${plain(clip(warning, 300))}${where}`;
  });
  return [section(clip(lines.join('\n'), 2900))];
}

/** `12 s` of a deployment, for its card. */
export function tookWords(from: number, to: number): string {
  return `took ${sayDuration(to - from)}`;
}

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
