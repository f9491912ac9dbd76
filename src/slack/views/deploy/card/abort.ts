import type { CardHost } from '../../../../handlers/deploy/card/hosts.ts';
import type { DeployPlan } from '../../../../handlers/deploy/planning/types.ts';
import { isGood } from '../../../../handlers/deploy/verdict.ts';
import { cut } from '../../../../text/cut.ts';
import { named } from '../../../../text/names.ts';
import type { Press } from '../../../block-kit/message.ts';
import { shortDigest } from '../plan-parts.ts';
import { oldVersion } from './host.ts';

const NAMES = 60;

/** The button that aborts, with what it would do now; none where an abort would change nothing. */
export function abortButton(id: string, plan: DeployPlan, hosts: readonly CardHost[]): Press[] {
  const on = (effect: CardHost['onAbort']) => hosts.filter(({ onAbort }) => onAbort === effect);
  const restored = on('restore');
  const left = on('leave');
  if (restored.length + left.length === 0) return [];
  const done = hosts.filter(({ verdict }) => verdict && isGood(verdict));
  const version = plan.image.tag ?? shortDigest(plan.image.digest);
  const list = (some: readonly CardHost[]) =>
    named(
      some.map(({ host }) => host),
      NAMES,
    );
  const olds = new Set(restored.map(({ host }) => oldVersion(plan.hosts.find((one) => one.host === host))));
  const [old] = olds;
  const back = olds.size > 1 ? 'what ran before' : (old ?? 'nothing, as before');
  const text = [
    ...(restored.length > 0 ? [`${list(restored)}: back to ${back}.`] : []),
    ...(left.length > 0 ? [`${list(left)}: not started.`] : []),
    ...(done.length > 0 ? [`${list(done)}: stays on ${version}.`] : []),
  ].join('\n');
  const title = cut(`Abort the ${plan.action} of ${plan.service} ${version}?`, 95);
  return [
    {
      label: 'Abort',
      line: `/dock abort ${id}`,
      style: 'danger',
      confirm: { title, text: cut(text, 290), yes: 'Abort' },
    },
  ];
}
