import type { HostPlan, Phase } from '../../../../docker/rollout/types.ts';
import { sayDuration } from '../../../../domain/duration.ts';
import { cutPhrase } from '../../../../domain/phrase.ts';
import type { CardHost } from '../../../../handlers/deploy/card/hosts.ts';
import type { DeployPlan } from '../../../../handlers/deploy/planning/types.ts';
import { isGood } from '../../../../handlers/deploy/verdict.ts';
import { cut } from '../../../../text/cut.ts';
import { named } from '../../../../text/names.ts';
import { mrkdwn } from '../../../block-kit/phrase.ts';
import { clock, inline, prose } from '../../../block-kit/text.ts';
import { shortDigest } from '../plan-parts.ts';

const INDENT = '\n      ';
/** Room for all commands that restore a version by hand: half of them would be worse than none. */
const TIP = 800;
const NAMES = 200;

/** One host of a deployment: what happens on it, with what versions, and how long each step took. */
export function hostLine(
  host: CardHost,
  plan: DeployPlan,
  { steps, isWaiting }: { readonly steps: boolean; readonly isWaiting: boolean },
): string {
  const { verdict, phase, since } = host;
  const times = steps ? stepTimes(host) : '';
  if (verdict) {
    const isPassed = isGood(verdict);
    const sign = isPassed ? ':white_check_mark:' : verdict.verdict === 'skipped' ? ':white_circle:' : ':x:';
    const tip = isPassed || verdict.tryThis === '' ? '' : `${INDENT}→ ${mrkdwn(cutPhrase(verdict.tryThis, TIP))}`;
    return `${sign} *${host.host}*: ${mrkdwn(cutPhrase(verdict.why, 400))}${tip}${times}`;
  }
  if (phase === undefined)
    return `:white_circle: *${host.host}*: ${isWaiting ? 'waiting for your answer' : 'waiting for its turn'}, still on ${oldOn(plan, host.host)}`;
  const sign = phase === 'roll-back' ? ':rewind:' : ':hourglass_flowing_sand:';
  const detail = host.detail === undefined ? '' : `: ${prose(cut(host.detail, 200))}`;
  const cause = host.cause === undefined ? '' : `${INDENT}${prose(cut(host.cause, 300))}`;
  const from = since === undefined ? '' : ` (since ${clock(since)})`;
  return `${sign} *${host.host}*: ${doing(phase, planOn(plan, host.host), plan)}${detail}${from}${cause}${times}`;
}

/** What rolls back where, a sentence for each old version: `Restoring 1.5.0 on web-1.` */
export function rollingBack(plan: DeployPlan, hosts: readonly CardHost[]): string {
  const groups = Map.groupBy(hosts, ({ host }) => oldVersion(planOn(plan, host)));
  return [...groups]
    .slice(0, 3)
    .map(([version, all]) => {
      const names = named(
        all.map(({ host }) => host),
        NAMES,
      );
      return version === undefined
        ? `Removing it on ${names}; nothing ran there before.`
        : `Restoring ${version} on ${names}.`;
    })
    .join(' ');
}

const planOn = (plan: DeployPlan, host: string): HostPlan | undefined => plan.hosts.find((one) => one.host === host);

/** The version that ran when the plan was made; undefined where none did. */
export function oldVersion(host: HostPlan | undefined): string | undefined {
  const now = host?.now;
  return now && inline(now.tag ?? shortDigest(now.digest ?? now.imageId), 60);
}

const oldOn = (plan: DeployPlan, host: string) => oldVersion(planOn(plan, host)) ?? 'nothing';

function doing(phase: Phase, host: HostPlan | undefined, plan: DeployPlan): string {
  const next = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  const old = oldVersion(host);
  const words: Readonly<Record<Phase, string>> = {
    pull: `pulling ${next}`,
    create: `creating the container of ${next}`,
    'stop-old': `stopping ${old ?? 'the old container'}`,
    'rename-old': `setting ${old ?? 'the old container'} aside`,
    'rename-new': `giving ${next} its name`,
    start: `starting ${next}`,
    gate: `checking the health of ${next}`,
    promote: `${next} passed, taking over`,
    drain: `${next} serves, ${old ?? 'the old container'} finishes its requests`,
    retain: `${next} serves, removing earlier versions`,
    'roll-back': old === undefined ? `removing ${next}` : `restoring ${old}`,
    update: `handing ${next} to Swarm`,
    watch: `Swarm updates to ${next}`,
  };
  return words[phase] ?? phase;
}

const STEPS: Readonly<Record<Phase, string>> = {
  pull: 'pull',
  create: 'create',
  'stop-old': 'stop old',
  'rename-old': 'rename old',
  'rename-new': 'rename new',
  start: 'start',
  gate: 'health check',
  promote: 'take over',
  drain: 'drain',
  retain: 'clean up',
  'roll-back': 'rollback',
  update: 'hand over',
  watch: 'Swarm update',
};

/** A phase in a word or two. */
export const stepWords = (phase: Phase): string => STEPS[phase] ?? phase;

/** Steps that took less say nothing. */
const WORTH_SAYING_MS = 500;

function stepTimes({ steps }: CardHost): string {
  const said = steps
    .filter(({ ms }) => ms >= WORTH_SAYING_MS)
    .map(({ phase, ms }) => `${stepWords(phase)} ${sayDuration(ms)}`);
  return said.length === 0 ? '' : `${INDENT}${said.slice(-12).join(' · ')}`;
}
