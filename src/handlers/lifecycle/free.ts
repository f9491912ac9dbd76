import type { Config } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';
import { type AppliedRule, rulesFor } from '../../policy/approval-rules.ts';
import { refuseBusy, refuseLocked } from '../deploy/planning/blocked.ts';
import type { Deps } from '../deps.ts';
import type { LifecyclePlan } from './types.ts';

/** The services of a plan, each with its hosts. */
function servicesOf({ hosts }: LifecyclePlan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { host, targets } of hosts)
    for (const { service } of targets) found.set(service, [...(found.get(service) ?? []), host]);
  return found;
}

/** Throws a `UserError` while somebody else's lock, or a deployment, holds a service of the plan. */
export async function mustBeFree(
  plan: LifecyclePlan,
  person: string,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<void> {
  for (const [service, hosts] of servicesOf(plan)) {
    await refuseBusy({ service, hosts }, deps);
    await refuseLocked({ service, hosts, person }, deps);
  }
}

/** Rules that apply to a plan, and the service they are asked with: any of its services, as all have the same rules. */
export interface PlanRules {
  readonly service: string | undefined;
  readonly rules: readonly AppliedRule[];
}

/**
 * The approval rules of a plan, by what its containers are rather than by what was typed. Throws a `UserError` where they
 * differ between its containers, since one question is answered by one set of rules.
 */
export function rulesOfPlan(plan: LifecyclePlan, config: Config): PlanRules {
  const hosts = plan.hosts.map(({ host }) => host);
  const sets = [...servicesOf(plan).keys()].map((service) => ({
    service,
    rules: rulesFor({ command: plan.act.action, hosts, service }, config),
  }));
  const [first] = sets;
  const paths = (rules: readonly AppliedRule[]) => rules.map(({ path }) => path).join(' ');
  const other = sets.find(({ rules }) => paths(rules) !== paths(first?.rules ?? []));
  if (first && other)
    throw new UserError(
      'conflict',
      `${first.service} and ${other.service} have different approval rules.`,
      'Name them in two commands.',
    );
  return { service: first?.service, rules: first?.rules ?? [] };
}
