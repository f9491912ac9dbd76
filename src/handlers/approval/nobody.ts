import { joinPhrases, mention, type Part, type Phrase, phrase } from '../../domain/phrase.ts';
import type { AppliedRule } from '../../policy/approval-rules.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import { mayBreakGlass } from '../../policy/break-glass.ts';
import { type Counting, type Members, type Shortfall, shortfalls } from '../../policy/enough-approvers.ts';
import { NOBODY } from '../../policy/people.ts';
import type { Deps } from '../deps.ts';
import { type Asker, approvalSubject, ownDecision, rulesOf, type Subject } from './may-answer.ts';
import type { NobodyCan } from './nobody-can.ts';

type PlanToApprove = Pick<Subject, 'command' | 'plan' | 'service'>;

/** The fields that rules depend on, before there is a plan. */
export function toApprove(command: string, service: string, hosts: readonly string[]): PlanToApprove {
  return { command, service, plan: { hosts: hosts.map((host) => ({ host })) } };
}

/**
 * A warning when too few people can approve what a person is about to request; `what` names the request in the sentence.
 * Undefined when there are enough people, or when a group could not be read.
 */
export async function nobodyCanApprove(
  what: string,
  plan: PlanToApprove,
  asker: Asker,
  deps: Pick<Deps, 'config' | 'kinds' | 'people' | 'specs'>,
): Promise<NobodyCan | undefined> {
  const counting = await countingOf({ ...plan, requestedBy: asker.person }, deps);
  const missing = shortfalls(counting);
  if (missing.length === 0) return undefined;
  const steps = [
    glassStep(plan, asker, deps),
    await colleagueStep(plan, asker, counting, deps),
    ...missing.map((one) => peopleStep(one, deps)),
  ].filter((step) => step !== undefined);
  return { why: sayShort(what, missing), hint: sayNext(steps) };
}

/** The same warning for another person's request, without the steps only its requester can take. */
export async function nobodyCanAnswer(
  what: string,
  question: Subject,
  deps: Pick<Deps, 'config' | 'kinds' | 'people'>,
): Promise<NobodyCan | undefined> {
  const missing = shortfalls(await countingOf(question, deps));
  if (missing.length === 0) return undefined;
  return {
    why: sayShort(what, missing, mention(question.requestedBy)),
    hint: sayNext(missing.map((one) => peopleStep(one, deps))),
  };
}

async function countingOf(
  subject: Subject,
  deps: Pick<Deps, 'config' | 'kinds' | 'people'>,
): Promise<Counting & { readonly requestedBy: string }> {
  const rules = rulesOf(subject, deps);
  const members = await readMembers(
    rules.flatMap(({ rule }) => rule.from),
    deps,
  );
  return {
    rules,
    requestedBy: subject.requestedBy,
    members,
    oneApproval: deps.kinds.get(subject.command)?.votes === 'one',
  };
}

async function readMembers(groups: readonly string[], { people }: Pick<Deps, 'people'>): Promise<Members> {
  const read = [...new Set(groups)].map(async (group) => [group, await people.members(group)] as const);
  return new Map(await Promise.all(read));
}

function glassStep(
  plan: PlanToApprove,
  asker: Asker,
  deps: Pick<Deps, 'config' | 'kinds' | 'specs'>,
): string | undefined {
  if (!deps.kinds.get(plan.command)?.breakGlass) return undefined;
  const { membership } = asker;
  const ask = { ...approvalSubject(plan), membership, decision: ownDecision(asker, deps, plan) };
  if (!mayBreakGlass({ ...ask, factor: 'totp' }, deps.config).may) return undefined;
  const code = mayBreakGlass(ask, deps.config).may ? '' : ' --code 123456';
  return `break the glass: \`--break-glass${code} --reason …\` deploys without approval, and an approver reviews it later`;
}

/** The advice to let a colleague request it, where the person could approve that request. */
async function colleagueStep(
  plan: PlanToApprove,
  asker: Asker,
  counting: Counting,
  deps: Pick<Deps, 'config' | 'people' | 'specs'>,
): Promise<string | undefined> {
  const canRequest = (groups: readonly string[]) => {
    const membership = { ...NOBODY, groups: new Set(groups) };
    return ownDecision({ ...asker, membership }, deps, plan).kind !== 'deny';
  };
  const isEnough = (requestedBy: string | undefined) => shortfalls({ ...counting, requestedBy }).length === 0;
  if (canRequest([]))
    return isEnough(undefined) ? 'ask a colleague in this channel to request it: you can approve theirs' : undefined;
  const granted = groupsThatMatter(asker.channel, deps.config).filter((group) => canRequest([group]));
  const members = await readMembers(granted, deps);
  const helpful = granted.filter((group) => {
    const people = members.get(group);
    if (!people) return isEnough(undefined);
    return [...people].some((person) => person !== asker.person && isEnough(person));
  });
  if (helpful.length === 0) return undefined;
  return `ask a colleague in ${helpful.join(' or ')} to request it: you can approve theirs`;
}

function peopleStep(missing: Shortfall, deps: Pick<Deps, 'config'>): string {
  if (missing.kind === 'no_common')
    return `add one person to a group of each rule: ${missing.rules.map((rule) => `${groupsOf(rule)} (\`${rule.path}\`)`).join(', ')}`;
  const { rule, able } = missing;
  const more = rule.rule.count - able;
  const isLive = rule.rule.from.some((group) => deps.config.groups.get(group)?.usergroup !== undefined);
  const where = isLive ? 'their user group in Slack, which is read again every minute' : '`groups` in the config';
  return `add ${more === 1 ? 'one more person' : `${more} more people`} to ${groupsOf(rule)} (${where})`;
}

/** `requester`: the person who made the request; undefined when that is the reader. */
function sayShort(what: string, missing: readonly Shortfall[], requester?: Part): Phrase {
  const because = missing.map((one) => sayOne(one, requester));
  return phrase`Nobody can approve ${what}: ${joinPhrases(because, '; ')}.`;
}

function sayOne(missing: Shortfall, requester: Part | undefined): Phrase {
  const others = missing.own ? phrase` other than ${requester ?? 'you'}` : '';
  if (missing.kind === 'no_common') {
    const paths = missing.rules.map(({ path }) => `\`${path}\``).join(' and ');
    return phrase`one person has to approve for ${paths}, and nobody${others} is in a group of each`;
  }
  const { rule, able, own } = missing;
  const { count } = rule.rule;
  if (count === 1 && own)
    return phrase`${requester === undefined ? 'you are' : phrase`${requester} is`} the only person in ${groupsOf(rule)}, and nobody approves their own request (\`${rule.path}\`)`;
  const there =
    able === 0
      ? phrase`nobody${others} is`
      : able === 1
        ? phrase`only one person${others} is`
        : phrase`only ${able}${others} are`;
  const needs = count === 1 ? 'one person has' : `${count} people have`;
  return phrase`${needs} to approve (\`${rule.path}\`), and ${there} in ${groupsOf(rule)}`;
}

function sayNext(steps: readonly string[]): string {
  const [first = '', ...others] = steps;
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}.`, ...others.map((step) => `Or ${step}.`)].join(' ');
}

const groupsOf = ({ rule }: AppliedRule): string => rule.from.join(' or ');
