import { named } from '../../text/names.ts';
import { askForApproval } from '../approval/ask.ts';
import { type Handler, handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Request } from '../request.ts';
import { namesIn } from './approval.ts';
import { carryOut } from './carry-out.ts';
import { findTargets } from './find-targets.ts';
import { mustBeFree, type PlanRules, rulesOfPlan } from './free.ts';
import { makePlan } from './make-plan.ts';
import { hashOfPlan } from './stored-plan.ts';
import type { Act, ActedResult, ActingReport, AskedResult, ContainersForm, LifecyclePlan } from './types.ts';
import { WORDS } from './words.ts';

export type LifecycleResult = AskedResult | ActedResult | ContainersForm;

export const ofContainers = ({ containers }: { readonly containers: readonly string[] }) => containers;

const NEEDS = ['config', 'hosts', 'kinds', 'now', 'people', 'redact', 'specs', 'store'] as const;

/**
 * A command that changes containers: plans, and does it at once where no rule asks for approval and nothing has to be
 * confirmed; else stores the plan and asks.
 */
export function lifecycle<Args>(
  namesOf: (args: Args) => readonly string[],
  actOf: (args: Args) => Act,
): Handler<Args, LifecycleResult, ActingReport> {
  return handler<Args, LifecycleResult, ActingReport>()(NEEDS, async (request, deps, run) => {
    const { args, person } = request;
    const act = actOf(args);
    const names = namesOf(args);
    if (names.length === 0) return formFor(act.action, request);
    const ids = await findTargets(request, names, deps, run.signal);
    const plan = await makePlan({ act, ids }, deps, run.signal);
    await mustBeFree(plan, person, deps);
    const rules = rulesOfPlan(plan, deps.config);
    if (rules.rules.length === 0 && !mustConfirm(plan, request)) {
      return carryOut({ plan, requestedBy: person, request, signal: run.signal, progress: run.progress }, deps);
    }
    return ask({ plan, rules }, request, deps);
  });
}

/** A form keeps no more than 3000 characters. */
const MOST_IN_FORM = 30;

function formFor(action: Act['action'], { shownLine: line, hosts, hostsNamed }: Request): ContainersForm {
  return {
    kind: 'lifecycle-form',
    action,
    line,
    hosts: hostsNamed && hosts.length <= MOST_IN_FORM ? hosts : undefined,
  };
}

/** What hits others, cannot be undone, or reaches more hosts than anybody named. */
function mustConfirm({ act, hosts }: LifecyclePlan, { hostsNamed }: Request): boolean {
  const targets = hosts.flatMap((host) => host.targets);
  if (targets.some(({ affected, cautions }) => affected.length > 0 || cautions.length > 0)) return true;
  return act.action !== 'start' && act.action !== 'restart' && hosts.length > 1 && !hostsNamed;
}

type AskDeps = Parameters<typeof askForApproval>[2] & Parameters<typeof mustBeFree>[2];

async function ask(
  { plan, rules: { rules, service } }: { readonly plan: LifecyclePlan; readonly rules: PlanRules },
  request: Request,
  deps: AskDeps,
): Promise<AskedResult> {
  const on = named(
    plan.hosts.map(({ host }) => host),
    300,
  );
  const what = `this ${WORDS[plan.act.action].noun} of ${namesIn(plan)} on ${on}`;
  const hash = hashOfPlan(plan);
  const { at, expiresAt, from } = await askForApproval({ what, plan, hash, service, rules }, request, deps);
  const audit = `asked: ${WORDS[plan.act.action].noun} of ${namesIn(plan)}, plan ${hash.slice(0, 8)}`;
  return { kind: 'lifecycle-asked', id: request.id, hash, ...plan, from, expiresAt, ...timed(request, at, []), audit };
}
