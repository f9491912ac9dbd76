import type { CommandSpec } from '../commands/language/define.ts';
import type { Config, GrantConfig } from '../config.ts';
import { nearest } from '../domain/nearest.ts';
import { familiar, repositoryOf } from '../domain/reference.ts';
import { isNot, matches, select, type Term } from '../domain/selector.ts';
import { rulesFor } from './approval-rules.ts';
import type { Ask, Decision, Denial } from './decision.ts';
import type { Membership } from './people.ts';
import { serviceName } from './services.ts';

interface Held {
  readonly grant: GrantConfig;
  readonly rule: string;
}

/** Decides a request by the config alone. Denies everything that no grant allows. */
export function authorize(ask: Ask, config: Config): Decision {
  if (ask.spec.access === 'open') return { kind: 'allow', hosts: [], rule: 'open to everybody' };
  const grants = grantsFor(ask.channel, config);
  if (!grants) return deny('not_configured', 'channels', 'Fairlead is not set up in this channel.');

  const service = ask.service === undefined ? undefined : serviceName(ask.service, config);
  // Refusals say what was typed: the service behind another name may be one of which the person may not be told.
  const naming = grants.filter(
    ({ grant }) => config.roles.get(grant.role)?.has(ask.spec.name) && reaches(grant, { ...ask, service }, config),
  );
  const who = [...new Set(naming.flatMap(({ grant }) => grant.to ?? []))];
  if (naming.length === 0) {
    const typed = ask.service ?? (ask.image && familiar(ask.image));
    const what = typed === undefined ? `\`${ask.spec.name}\`` : `\`${ask.spec.name}\` for \`${typed}\``;
    return deny('not_permitted', `channels.${ask.channel}.grants`, `No grant in this channel has ${what}.`);
  }
  const held = naming.filter(({ grant }) => holds(grant, ask.membership));
  if (held.length === 0) {
    const unread = who.filter((group) => ask.membership.unreadable.has(group));
    const cannot =
      unread.length > 0
        ? ` Slack did not say who is in ${unread.join(', ')}, so only people listed in the config count as members.`
        : '';
    return deny(
      'not_permitted',
      naming[0]?.rule ?? 'channels',
      `\`${ask.spec.name}\` here is for ${who.join(' or ')}.${cannot}`,
      { who },
    );
  }
  return onHosts({ ...ask, service, typed: ask.service }, config, held, who);
}

/** `typed` is how the person called the service. */
type Named = Ask & { readonly typed: string | undefined };

function onHosts(ask: Named, config: Config, held: readonly Held[], who: readonly string[]): Decision {
  const ruleOf = new Map<string, string>();
  for (const { grant, rule } of held)
    for (const host of select(grant.hosts, config.hosts)) if (!ruleOf.has(host)) ruleOf.set(host, rule);
  const permitted = [...config.hosts.keys()].filter((host) => ruleOf.has(host));
  const rule = held[0]?.rule ?? 'channels';
  const facts = { permitted, who };
  // Without a service the command only opens a form; the command line that the form builds is authorized again.
  if (ask.spec.serviceOf && ask.service === undefined && !ask.on && permitted.length > 0)
    return { kind: 'allow', hosts: permitted, rule };
  const home = homeOf(ask.service, config);
  const may = home?.filter((host) => ruleOf.has(host)) ?? permitted;
  const isWhole = !home || may.length === home.length;
  // Locks and records belong to no host: changes cover all hosts of their service, reads show the permitted ones.
  if (!ask.spec.onHosts) {
    if (may.length > 0 && (isWhole || ask.spec.effect === 'read')) return { kind: 'allow', hosts: may, rule };
    return deny('not_permitted', rule, home ? inPart(ask, may) : 'The grant here selects no host.', facts);
  }
  if (home && !ask.on) {
    // All permitted hosts of the service, or the part a person named; never silently fewer.
    if (isWhole) return decided(ask, config, home, ruleOf);
    return deny('host_needed', rule, inPart(ask, may), { ...facts, permitted: may });
  }
  if (!ask.on) {
    if (permitted.length === 0) return deny('not_permitted', rule, 'The grant here selects no host.', facts);
    // Without hosts, a read runs on all permitted ones; a change needs a named host, or finds it by its container.
    if (permitted.length === 1 || ask.spec.effect === 'read' || ask.spec.findsHost)
      return decided(ask, config, permitted, ruleOf);
    return deny('host_needed', rule, 'Which host?', facts);
  }
  for (const term of ask.on.terms) {
    const denial = refusedTerm(term, ask, config, { permitted, home, rule, who });
    if (denial) return denial;
  }
  const chosen = select(ask.on, config.hosts).filter((host) => ruleOf.has(host) && (home?.includes(host) ?? true));
  if (chosen.length === 0)
    return deny('host_unknown', rule, `\`${ask.on.text}\` selects none of the hosts you may use here.`, facts);
  return decided(ask, config, chosen, ruleOf);
}

/** What a person may reach here: hosts with a grant, and the hosts of the service, where the command is about one. */
interface Reach {
  readonly permitted: readonly string[];
  readonly home: readonly string[] | undefined;
  readonly rule: string;
  readonly who: readonly string[];
}

/** The denial of one term of `--on`; undefined for a term that may stand. */
function refusedTerm(
  term: Term,
  ask: Named,
  config: Config,
  { permitted, home, rule, who }: Reach,
): Denial | undefined {
  const facts = { permitted, who };
  const labelsOf = (host: string) => config.hosts.get(host) ?? { labels: {} };
  // A misspelt label would leave nothing out without a word.
  if (isNot(term) && term.kind === 'label' && !permitted.some((host) => matches(term, host, labelsOf(host)))) {
    const missing = `\`!${term.key}=${term.value}\` leaves out none of the hosts you may use here.`;
    return deny('host_unknown', rule, missing, facts);
  }
  if (term.kind !== 'host') return undefined;
  if (!permitted.includes(term.name)) {
    // A host without a grant is reported like an unknown one, so that its name is not revealed.
    const missing = `There is no host \`${term.name}\` for \`${ask.spec.name}\` here.`;
    return deny('host_unknown', rule, missing, { ...facts, near: nearest(term.name, permitted) });
  }
  if (!home || home.includes(term.name)) return undefined;
  return deny('host_unknown', rule, `\`${ask.typed}\` does not belong on \`${term.name}\`.`, {
    ...facts,
    permitted: permitted.filter((host) => home.includes(host)),
  });
}

function inPart({ spec, typed }: Named, may: readonly string[]): string {
  const where = may.length === 0 ? 'none of its hosts' : `only ${may.join(', ')} of its hosts`;
  return `\`${spec.name}\` for \`${typed}\` is granted here on ${where}.`;
}

/** Hosts of a configured service; undefined for an adopted container, and for a command that is not about a service. */
function homeOf(service: string | undefined, config: Config): string[] | undefined {
  const found = service === undefined ? undefined : config.services.get(service);
  return found && select(found.hosts, config.hosts);
}

function decided(ask: Ask, config: Config, hosts: readonly string[], ruleOf: ReadonlyMap<string, string>): Decision {
  const rules = rulesFor({ command: ask.spec.name, hosts, service: ask.service }, config);
  const [first] = rules;
  if (!first) return { kind: 'allow', hosts, rule: ruleOf.get(hosts[0] ?? '') ?? 'channels' };
  return {
    kind: 'needs-approval',
    hosts,
    rule: first.path,
    from: [...new Set(rules.flatMap(({ rule }) => rule.from))],
    expires: Math.min(...rules.map(({ rule }) => rule.expires)),
    remind: Math.min(...rules.map(({ rule }) => rule.remind)),
  };
}

// A grant limited to services gives only commands about a service: a prune affects all services of a host, and a pull, tag or
// push changes what they have in common.
function reaches(
  { services }: GrantConfig,
  { spec, service, image }: Pick<Ask, 'spec' | 'service' | 'image'>,
  config: Config,
): boolean {
  if (services === undefined) return true;
  if (spec.serviceOf === undefined) return false;
  if (service !== undefined) return services.includes(service);
  return image === undefined || services.some((name) => config.services.get(name)?.image === repositoryOf(image));
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

/** Groups that a decision in this channel can depend on: only these are read from Slack. */
export function groupsThatMatter(channel: string, config: Config): string[] {
  const fromGrants = config.channels.get(channel)?.grants.flatMap((grant) => grant.to ?? []) ?? [];
  const fromRules = config.approvals.flatMap((rule) => rule.from);
  const others = [...(config.gates.vulnerabilities?.from ?? []), ...(config.breakGlass?.from ?? [])];
  return [...new Set([...fromGrants, ...fromRules, ...others])];
}

/** Hosts a person may see in a channel: those of all their grants there; for a service, only of grants that cover it. */
export function hostsSeen(
  { channel, membership }: Pick<Ask, 'channel' | 'membership'>,
  service: string | undefined,
  config: Config,
): ReadonlySet<string> {
  const name = service === undefined ? undefined : serviceName(service, config);
  const held = (grantsFor(channel, config) ?? []).filter(
    ({ grant }) =>
      holds(grant, membership) &&
      (grant.services === undefined || (name !== undefined && grant.services.includes(name))),
  );
  return new Set(held.flatMap(({ grant }) => select(grant.hosts, config.hosts)));
}

/** Services of the hosts a person may see in a channel: the names of others are not suggested. */
export function servicesSeen(ask: Pick<Ask, 'channel' | 'membership'>, config: Config): readonly string[] {
  return [...config.services.values()]
    .filter(({ name, hosts }) => {
      const seen = hostsSeen(ask, name, config);
      return select(hosts, config.hosts).some((host) => seen.has(host));
    })
    .map(({ name }) => name);
}

/** Roles by which a person may give a command on a host, for rules that a role has beside its commands. */
export function rolesHeld(
  { spec, service, channel, membership }: Pick<Ask, 'spec' | 'service' | 'channel' | 'membership'>,
  host: string,
  config: Config,
): readonly string[] {
  const name = service === undefined ? undefined : serviceName(service, config);
  const held = (grantsFor(channel, config) ?? []).filter(
    ({ grant }) =>
      config.roles.get(grant.role)?.has(spec.name) &&
      reaches(grant, { spec, service: name }, config) &&
      holds(grant, membership) &&
      select(grant.hosts, config.hosts).includes(host),
  );
  return [...new Set(held.map(({ grant }) => grant.role))];
}

/** A person's permissions in a channel, as commands with their hosts, for help and refusals. */
export function permissions(
  specs: readonly CommandSpec[],
  ask: Pick<Ask, 'channel' | 'person' | 'membership'>,
  config: Config,
): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  const granted = new Set(
    config.channels.get(ask.channel)?.grants.flatMap(({ role }) => [...(config.roles.get(role) ?? [])]),
  );
  for (const spec of specs) {
    // Commands without a grant are skipped: most are not granted, and a person waits for the answer.
    if (spec.access === 'open' || !granted.has(spec.name)) continue;
    const decision = authorize({ ...ask, spec, on: undefined }, config);
    const hosts = decision.kind === 'deny' ? decision.permitted : decision.hosts;
    if (hosts.length > 0) out.set(spec.name, hosts);
  }
  return out;
}
