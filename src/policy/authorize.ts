import type { CommandSpec } from '../commands/define.ts';
import { nearest } from '../commands/nearest.ts';
import { type Selector, select } from '../commands/selector.ts';
import type { ApprovalRule, Config, GrantConfig } from '../config.ts';
import type { Reason } from '../errors.ts';
import type { Membership } from './people.ts';

/** What is asked: one command, by one person, in one channel, on some hosts. */
export interface Ask {
  readonly spec: CommandSpec;
  readonly on: Selector | undefined;
  readonly channel: string;
  readonly person: string;
  readonly membership: Membership;
}

/**
 * The answer to "may they?". `rule` is where in the config it was decided, as a path; it goes into the audit log and into
 * `/dock can`, which calls this very function.
 */
export type Decision =
  | { readonly kind: 'allow'; readonly hosts: readonly string[]; readonly rule: string }
  | {
      readonly kind: 'needs-approval';
      readonly hosts: readonly string[];
      readonly rule: string;
      readonly from: readonly string[];
      /** Milliseconds: how long the question may be answered. */
      readonly expires: number;
    }
  | Denial;

export interface Denial {
  readonly kind: 'deny';
  readonly reason: Extract<Reason, 'not_configured' | 'not_permitted' | 'host_unknown' | 'host_needed'>;
  readonly rule: string;
  /** One sentence: what is missing. */
  readonly missing: string;
  /** Hosts on which this person may say this command here. */
  readonly permitted: readonly string[];
  /** Who could do it here: group names. */
  readonly who: readonly string[];
  readonly near: string | undefined;
}

interface Held {
  readonly grant: GrantConfig;
  readonly rule: string;
}

/** Pure, and closed by default: whatever no grant names is refused. */
export function authorize(ask: Ask, config: Config): Decision {
  if (ask.spec.access === 'open') return { kind: 'allow', hosts: [], rule: 'open to everybody' };
  const grants = grantsFor(ask.channel, config);
  if (!grants)
    return deny('not_configured', 'channels', 'This channel is not in the config, so nothing may be done here.');

  const naming = grants.filter(({ grant }) => config.roles.get(grant.role)?.has(ask.spec.name));
  const who = [...new Set(naming.flatMap(({ grant }) => grant.to ?? []))];
  if (naming.length === 0) {
    return deny(
      'not_permitted',
      `channels.${ask.channel}.grants`,
      `No grant in this channel has \`${ask.spec.name}\`.`,
    );
  }
  const held = naming.filter(({ grant }) => holds(grant, ask.membership));
  if (held.length === 0) {
    const unread = who.filter((group) => ask.membership.unreadable.has(group));
    const cannot =
      unread.length > 0
        ? ` I could not read the group ${unread.join(', ')} from Slack just now, so nobody counts as its member.`
        : '';
    return deny(
      'not_permitted',
      naming[0]?.rule ?? 'channels',
      `\`${ask.spec.name}\` here is for ${who.join(' or ')}.${cannot}`,
      { who },
    );
  }
  return onHosts(ask, config, held, who);
}

function onHosts(ask: Ask, config: Config, held: readonly Held[], who: readonly string[]): Decision {
  const ruleOf = new Map<string, string>();
  for (const { grant, rule } of held)
    for (const host of select(grant.hosts, config.hosts)) if (!ruleOf.has(host)) ruleOf.set(host, rule);
  const permitted = [...config.hosts.keys()].filter((host) => ruleOf.has(host));
  const rule = held[0]?.rule ?? 'channels';
  const facts = { permitted, who };
  if (!ask.spec.onHosts) return { kind: 'allow', hosts: permitted, rule };
  if (!ask.on) {
    if (permitted.length === 0) return deny('not_permitted', rule, 'The grant here selects no host.', facts);
    // A read without hosts looks on all it may; a change is made only where somebody said.
    if (permitted.length === 1 || ask.spec.effect === 'read') return decided(ask, config, permitted, ruleOf);
    return deny('host_needed', rule, 'Which host?', facts);
  }
  for (const term of ask.on.terms) {
    if (term.kind !== 'host' || ruleOf.has(term.name)) continue;
    // A host that exists but is not granted reads the same as one that does not: its name is nobody's business here.
    return deny('host_unknown', rule, `There is no host \`${term.name}\` for \`${ask.spec.name}\` here.`, {
      ...facts,
      near: nearest(term.name, permitted),
    });
  }
  const chosen = select(ask.on, config.hosts).filter((host) => ruleOf.has(host));
  if (chosen.length === 0)
    return deny('host_unknown', rule, `\`${ask.on.text}\` selects none of the hosts you may use here.`, facts);
  return decided(ask, config, chosen, ruleOf);
}

function decided(ask: Ask, config: Config, hosts: readonly string[], ruleOf: ReadonlyMap<string, string>): Decision {
  const index = config.approvals.findIndex((item) => appliesTo(item, ask.spec.name, hosts, config));
  const approval = config.approvals[index];
  if (approval)
    return {
      kind: 'needs-approval',
      hosts,
      rule: `approvals[${index}]`,
      from: approval.from,
      expires: approval.expires,
    };
  return { kind: 'allow', hosts, rule: ruleOf.get(hosts[0] ?? '') ?? 'channels' };
}

function appliesTo(rule: ApprovalRule, command: string, hosts: readonly string[], config: Config): boolean {
  if (!rule.commands.some((name) => name === command)) return false;
  const covered = new Set(select(rule.hosts, config.hosts));
  return hosts.some((host) => covered.has(host));
}

function holds(grant: GrantConfig, membership: Membership): boolean {
  return grant.to === undefined || grant.to.some((group) => membership.groups.has(group));
}

function grantsFor(channel: string, config: Config): Held[] | undefined {
  return config.channels
    .get(channel)
    ?.grants.map((grant, index) => ({ grant, rule: `channels.${channel}.grants[${index}]` }));
}

function deny(
  reason: Denial['reason'],
  rule: string,
  missing: string,
  facts: Partial<Pick<Denial, 'permitted' | 'who' | 'near'>> = {},
): Denial {
  return {
    kind: 'deny',
    reason,
    rule,
    missing,
    permitted: facts.permitted ?? [],
    who: facts.who ?? [],
    near: facts.near,
  };
}

/** Groups whose membership a decision in this channel can depend on: only these are read from Slack. */
export function groupsThatMatter(channel: string, config: Config): string[] {
  const fromGrants = config.channels.get(channel)?.grants.flatMap((grant) => grant.to ?? []) ?? [];
  return [...new Set([...fromGrants, ...config.approvals.flatMap((rule) => rule.from)])];
}

/** What this person may do in this channel: command to hosts. Help and every refusal show it. */
export function permissions(
  specs: readonly CommandSpec[],
  ask: Pick<Ask, 'channel' | 'person' | 'membership'>,
  config: Config,
): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const spec of specs) {
    if (spec.access === 'open') continue;
    const decision = authorize({ ...ask, spec, on: undefined }, config);
    const hosts = decision.kind === 'deny' ? decision.permitted : decision.hosts;
    if (hosts.length > 0) out.set(spec.name, hosts);
  }
  return out;
}
