import type { KnownBlock } from '@slack/types';
import type { HostPlan } from '../../../docker/rollout/types.ts';
import { sayDuration } from '../../../domain/duration.ts';
import { cutPhrase } from '../../../domain/phrase.ts';
import { saySize } from '../../../domain/size.ts';
import type { DeployPlan } from '../../../handlers/deploy/planning/types.ts';
import { named } from '../../../text/names.ts';
import { context, type Message, MOST_SECTION, section, sections } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { readable } from '../../block-kit/plain.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { builtWords, signedWords, UNSIGNED } from '../parts/signed.ts';
import { NAMED, vulnerabilityBlocks } from './vulnerabilities.ts';

/** Of more hosts than this, those of which the same is to be said share a place; what then is left over is counted. */
const LISTED = { hosts: 12, warnings: 8, changes: 6, value: 40 } as const;
const DETAILED = { hosts: 20, warnings: 30, value: 300 } as const;

/** `deploy shop 1.4.0`, `roll shop back to 1.3.2`: in sentences. */
export function what(plan: DeployPlan): string {
  const version = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  return plan.action === 'deploy' ? `deploy *${plan.service}* ${version}` : `roll *${plan.service}* back to ${version}`;
}

export function shortDigest(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 12);
}

/** For a card: a line a host, waves, and what is risky. What is only counted here is in Details. */
export function planSummary(plan: DeployPlan): KnownBlock[] {
  const interruptions = new Set(plan.hosts.map(({ interruption }) => interruption));
  const isShared = interruptions.size === 1;
  const { shown, left } = together(plan, LISTED.hosts, (host) =>
    isShared ? planLine(host, plan) : `${planLine(host, plan)} · ${prose(lower(host.interruption))}`,
  );
  const lines = shown.map(({ hosts, words }) => `*${someOf(hosts)}*: ${words}`);
  const warnings = warningLines(plan);
  const interruption = isShared ? [...interruptions].map((words) => prose(words)) : [];
  return [
    ...sections([...lines, ...more(left, 'host', 'see Details'), ...interruption, ...wavesLine(plan)]),
    ...sections([
      ...warnings.slice(0, LISTED.warnings),
      ...more(warnings.length - LISTED.warnings, 'warning', 'see Details'),
    ]),
    context(proofWords(plan)),
    ...vulnerabilityBlocks(plan.vulnerabilities, NAMED.card),
  ];
}

/** Everything a plan holds, for those who want to see it before they answer; in a file too where it is too long. */
export function planDetails(plan: DeployPlan, hash: string): Pick<Message, 'blocks' | 'file'> {
  const isMany = plan.hosts.length > DETAILED.hosts;
  const { shown, left } = together(plan, DETAILED.hosts, (host) => detailsOf(host, plan, isMany ? 'many' : 'one'));
  const details = shown.map(({ hosts, words }) => `*${named(hosts, 900)}*\n${words}`);
  const warnings = warningLines(plan);
  const name = `${inline(`${plan.image.repository}@${plan.image.digest}`, 400)} · plan ${inline(hash, 70)}`;
  const values = plan.hosts.flatMap(({ changes }) => changes.flatMap(({ from, to }) => [from, to]));
  const isWhole =
    !isMany &&
    warnings.length <= DETAILED.warnings &&
    details.every(({ length }) => length <= MOST_SECTION) &&
    values.every(({ length }) => length <= DETAILED.value);
  return {
    blocks: [
      ...details.map(section),
      ...sections([
        ...more(left, 'host', 'they are in the file'),
        ...wavesLine(plan),
        ...warnings.slice(0, DETAILED.warnings),
        ...more(warnings.length - DETAILED.warnings, 'warning', 'they are in the file'),
      ]),
      context(proofWords(plan)),
      ...vulnerabilityBlocks(plan.vulnerabilities, NAMED.details),
      context(name),
    ],
    ...(isWhole ? {} : { file: fileOf(plan, [name, ...warnings]) }),
  };
}

/** Who signed and built what is deployed. */
function proofWords({ proof }: DeployPlan): string {
  return proof ? [signedWords(proof), ...builtWords(proof)].join('\n') : UNSIGNED;
}

/** Host by host, with nothing left out. */
function fileOf(plan: DeployPlan, about: readonly string[]): NonNullable<Message['file']> {
  const waves = plan.waves.map((wave, index) => `Wave ${index + 1}: ${wave.join(', ')}`);
  const hosts = plan.hosts.map((host) => `==> ${host.host} <==\n${detailsOf(host, plan, 'file')}`);
  return {
    name: `plan-${plan.service}.txt`,
    title: `The plan to ${readable(what(plan)).replaceAll('`', '')}, whole`,
    content: [...about, ...waves, ...hosts].map(readable).join('\n\n'),
  };
}

/** Hosts by what is to be said of them. */
function together(plan: DeployPlan, most: number, say: (host: HostPlan) => string) {
  const said = plan.hosts.map((host) => ({ hosts: [host.host], words: say(host) }));
  const groups = new Map<string, string[]>();
  for (const { hosts, words } of said) groups.set(words, [...(groups.get(words) ?? []), ...hosts]);
  const all = said.length <= most ? said : [...groups].map(([words, hosts]) => ({ hosts, words }));
  return { shown: all.slice(0, most), left: all.slice(most).flatMap(({ hosts }) => hosts).length };
}

const more = (count: number, one: string, where: string) =>
  count > 0 ? [`… and ${plural(count, `more ${one}`)}: ${where}.`] : [];

function someOf(hosts: readonly string[]): string {
  return hosts.length > 6 ? `${hosts.slice(0, 5).join(', ')} and ${hosts.length - 5} more` : hosts.join(', ');
}

const UNTOUCHED = 'already runs, is not touched';

function planLine(host: HostPlan, plan: DeployPlan): string {
  if (host.unchanged) return `${nowWord(host)} ${UNTOUCHED}`;
  const changes = host.changes.slice(0, LISTED.changes).map((change) => changeWords(change, LISTED.value));
  const others = host.changes.length - LISTED.changes;
  const rest = others > 0 ? [plural(others, 'more change')] : [];
  const also = changes.length > 0 ? `\n      also ${[...changes, ...rest].join(', ')}` : '';
  return `${nowWord(host)} → ${nextWord(host, plan)}${also}`;
}

/** `many`: without what is each host's own, so that it can be said once of several. */
function detailsOf(host: HostPlan, plan: DeployPlan, of: 'one' | 'many' | 'file'): string {
  const { now } = host;
  const id = now && of !== 'many' ? `, container ${inline(now.containerId.slice(0, 12))}` : '';
  const changes = host.changes.map((change) => changeWords(change, of === 'file' ? 5000 : DETAILED.value));
  const facts = [
    `Now: ${now ? `${withDigest(nowWord(host), now.digest ?? now.imageId)}${id}, ${plain(now.state)}` : 'nothing runs'}`,
    `Then: ${withDigest(nextWord(host, plan), host.next.digest)}, ${host.imagePresent ? 'image is there' : 'image will be pulled'}`,
    host.unchanged
      ? 'How: it is not touched.'
      : `How: ${host.strategy}. ${prose(host.why)} ${prose(host.interruption)}`,
    ...(host.changes.length > 0 ? [`Settings that change: ${changes.join(', ')}`] : []),
    ...(now ? [`The old image is ${host.oldImageKept ? 'kept for rollbacks' : 'not kept'}.`] : []),
    ...(host.diskFreeBytes === undefined || of === 'many' ? [] : [`Disk free: ${saySize(host.diskFreeBytes)}`]),
  ];
  return facts.join('\n');
}

function changeWords({ setting, from, to, secret }: HostPlan['changes'][number], most: number): string {
  const value = (text: string) => inline(text === '' ? 'none' : text, most);
  return `${plain(setting)} ${secret ? 'changed' : `${value(from)} → ${value(to)}`}`;
}

function nowWord({ now }: HostPlan): string {
  return now ? inline(now.tag ?? shortDigest(now.digest ?? now.imageId), 60) : 'nothing';
}

function nextWord(host: HostPlan, plan: DeployPlan): string {
  return inline(host.next.tag ?? plan.image.tag ?? shortDigest(host.next.digest), 60);
}

/** A version without a tag is its digest, which is said once. */
function withDigest(version: string, digest: string): string {
  const short = inline(shortDigest(digest));
  return version === short ? version : `${version} (${short})`;
}

function wavesLine(plan: DeployPlan): string[] {
  const all = plan.ask ? plan.waves : changingWaves(plan);
  if (all.length < 2) return [];
  const waves = all.slice(0, 6).map((wave) => (wave.length > 4 ? plural(wave.length, 'host') : wave.join(' + ')));
  const later = all.length > 6 ? [`${all.length - 6} more`] : [];
  const asked = plan.ask ? ', with approval between waves' : '';
  return [`In ${all.length} waves${asked}: ${[...waves, ...later].join(', then ')}`];
}

/** Waves of the hosts that are changed. An untouched host takes no time, and holds nobody up. */
function changingWaves({ waves, hosts }: DeployPlan): string[][] {
  const untouched = new Set(hosts.flatMap(({ host, unchanged }) => (unchanged ? [host] : [])));
  return waves.map((wave) => wave.filter((host) => !untouched.has(host))).filter(({ length }) => length > 0);
}

function warningLines(plan: DeployPlan): string[] {
  const warnings = new Map<string, string[]>();
  for (const { host, warnings: own } of plan.hosts)
    for (const warning of own) {
      const words = mrkdwn(cutPhrase(warning, 1000));
      warnings.set(words, [...(warnings.get(words) ?? []), host]);
    }
  return [...warnings].map(([words, hosts]) => {
    const where = hosts.length === plan.hosts.length ? '' : ` (${named(hosts, 600)})`;
    return `:warning: ${words}${where}`;
  });
}

/** `12 s` of a deployment, for its card. */
export function tookWords(ms: number): string {
  return `took ${sayDuration(ms)}`;
}

const lower = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
