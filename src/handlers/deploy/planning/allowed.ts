import type { Config } from '../../../config.ts';
import type { HostPlan } from '../../../docker/rollout/types.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { mayAdopt } from '../../../policy/adopt.ts';
import { judge, othersVolumes } from '../../../policy/guardrails.ts';
import type { DeployPlan } from './types.ts';

/** What is judged of a plan, whenever it is: as it is made, and again before it begins. */
export interface Judged {
  readonly service: string;
  /** Canonical, without tag. */
  readonly repository: string;
  readonly hosts: readonly HostPlan[];
}

/** Throws a `UserError` unless today's config lets this repository run so on these hosts, a container that is adopted too. */
export function refuseForbidden({ service, repository, hosts }: Judged, config: Config): void {
  if (!config.services.has(service)) for (const host of hosts) refuseAdoption(service, host, repository, config);
  refuseByGuardrails(hosts, config);
}

/** Throws a `UserError` when the guardrails forbid what a container's final settings would have on one of the hosts. */
export function refuseByGuardrails(
  hosts: readonly Pick<HostPlan, 'host' | 'risks'>[],
  { guardrails }: Pick<Config, 'guardrails'>,
): void {
  const said = hosts.flatMap(({ host, risks }) => {
    const { refused } = judge(risks, guardrails);
    return refused.map(({ what, why, rule }) => `${host}: ${code(what)}. ${why} (\`${rule}\`)`);
  });
  if (said.length === 0) return;
  throw new UserError(
    'guardrail',
    `The guardrails forbid it. ${said.slice(0, 6).join(' ')}`,
    'To allow this, change `guardrails` in the config.',
  );
}

/** The same for one host as it is now, before an approved plan begins there. */
export function mustAllow({ service, image }: DeployPlan, found: HostPlan, config: Config): void {
  refuseForbidden({ service, repository: image.repository, hosts: [found] }, config);
}

function refuseAdoption(container: string, { host, now }: HostPlan, wanted: string, config: Config): void {
  const verdict = mayAdopt({ container, host, runs: now?.repository, wanted }, config);
  if (!verdict.may) throw new UserError('cannot_adopt', verdict.why, verdict.hint);
}

/** Inherited risks, and volumes of others that the config allows: no reason to refuse, but approvers need to see them. */
export function riskWarnings({ risks }: HostPlan, { guardrails }: Pick<Config, 'guardrails'>): string[] {
  const { inherited } = judge(risks, guardrails);
  const byRule = Object.groupBy(inherited, ({ why, rule }) => `${why} (\`${rule}\`)`);
  const shared = othersVolumes(risks, guardrails).map((name) => code(name));
  return [
    ...(shared.length > 0 ? [`It gets volumes that are not its own: ${shared.join(', ')}.`] : []),
    ...Object.entries(byRule).map(
      ([said, all = []]) =>
        `Not new, but against the guardrails: ${all.map(({ what }) => code(what)).join(', ')}. ${said}`,
    ),
  ];
}
