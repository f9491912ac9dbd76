import { type Back, wayBackOf } from '../../../../handlers/deploy/card/back.ts';
import type { Card } from '../../../../handlers/deploy/card/card.ts';
import type { CardHost } from '../../../../handlers/deploy/card/hosts.ts';
import type { DeployPlan, Verdict } from '../../../../handlers/deploy/planning/types.ts';
import { cut } from '../../../../text/cut.ts';
import { slash } from '../../../block-kit/commands.ts';
import { fitsButton, type Press } from '../../../block-kit/message.ts';
import { inline, plural, prose } from '../../../block-kit/text.ts';
import { shortDigest } from '../plan-parts.ts';
import { oldVersion } from './host.ts';

/** More versions than this are chosen from the list. */
const MOST_VERSIONS = 3;

const someOf = (hosts: readonly string[]) => (hosts.length > 3 ? plural(hosts.length, 'host') : hosts.join(', '));

/** How to return from a deploy that is asked for: by itself while it rolls out, and by command later. */
export function wayBackWords({ plan, isOfConfig }: Pick<Card, 'plan' | 'isOfConfig'>): string {
  const running = plan.hosts.filter(({ now }) => now);
  // A host that is not touched has nothing to return from.
  const old = running.filter(({ unchanged }) => !unchanged);
  if (old.length === 0) return 'There is no version to roll back to: nothing runs there yet.';
  const { versions, without } = wayBackOf(old);
  const next = inline(plan.image.tag ?? shortDigest(plan.image.digest), 60);
  const restored = [...new Set(old.map(oldVersion))];
  const later = versions
    .slice(0, MOST_VERSIONS)
    .map((back) => commandTo(plan.service, back, isOfConfig ? running.length : undefined))
    .join(', ');
  const none = [...without].map(([why, hosts]) => `No later rollback on ${someOf(hosts)}: ${prose(why)}.`);
  return [
    `If ${next} is not healthy, ${restored.length === 1 ? restored[0] : 'what runs now'} is restored automatically.`,
    ...(later === '' ? [] : [`Later: ${later}.`]),
    ...none,
  ].join(' ');
}

/** `all`: how many hosts a line without any would be about. */
function commandTo(service: string, { name, hosts }: Back, all: number | undefined): string {
  const where = hosts.length === all || (all !== undefined && hosts.length > 3) ? '' : ` --on ${hosts.join(',')}`;
  return slash(`rollback ${service} ${name}${where}`);
}

type Ended = { readonly verdict: Verdict | undefined; readonly hosts: readonly CardHost[] };

/** What an ended deployment can be rolled back with: only the hosts that have its version now. */
export function backButtons(plan: DeployPlan, { verdict, hosts }: Ended): Press[] {
  const moved = new Set(hosts.flatMap(({ host, verdict }) => (verdict?.verdict === 'deployed' ? [host] : [])));
  const plans = plan.hosts.filter(({ host, now }) => moved.has(host) && now);
  if (plans.length === 0) return [];
  const on = plans.map(({ host }) => host).join(',');
  const whole: Press = { label: 'Roll back…', line: `/rollback ${plan.service}` };
  const some: Press = { ...whole, line: `${whole.line} --on ${on}` };
  // Hundreds of names are more than a button takes.
  const list = fitsButton(some) ? some : whole;
  const { versions } = wayBackOf(plans);
  if (verdict === 'deployed' || versions.length === 0) return [list];
  const direct = versions.slice(0, MOST_VERSIONS).map((back) => ({
    label: cut(`Roll back ${someOf(back.hosts)} to ${back.name}`, 70),
    line: `/rollback ${plan.service} --to ${back.digest} --on ${back.hosts.join(',')}`,
  }));
  return versions.length > MOST_VERSIONS || !direct.every(fitsButton) ? [...direct, list] : direct;
}
