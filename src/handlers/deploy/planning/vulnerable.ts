import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { judgeVulnerabilities } from '../../../policy/vulnerability-gate.ts';
import type { Deps } from '../../deps.ts';
import type { DeployPlan } from './types.ts';
import { beginScan } from './vulnerabilities.ts';
import { gateFactsOf } from './vulnerability-plan.ts';

const MOST_NAMED = 3;

/**
 * Throws a `UserError` when `gates.vulnerabilities` refuses a deploy. Break-glass passes it, and so does a rollback: what
 * served before must be within reach whatever a scanner says.
 */
export function refuseVulnerable(plan: DeployPlan, { config }: Pick<Deps, 'config'>): void {
  if (plan.breakGlass) return;
  const { action, service, hosts } = plan;
  const about = { command: action, service, hosts: hosts.map(({ host }) => host), vulnerabilities: gateFactsOf(plan) };
  const verdict = judgeVulnerabilities(about, config);
  if (verdict.kind !== 'refuse') return;
  const version = plan.image.tag ?? plan.image.digest;
  const named = verdict.named.slice(0, MOST_NAMED).map(({ id, packageName }) => `${code(id)} in ${packageName}`);
  const more = verdict.count > named.length ? ` and ${verdict.count - named.length} more` : '';
  const why =
    verdict.count === 0
      ? phrase`${code(version)} was not judged by a scanner, and ${code('gates.vulnerabilities')} asks for that. ${plan.vulnerabilities?.unscanned ?? ''}`
      : `${code(version)} introduces ${named.join(', ')}${more}, which \`gates.vulnerabilities\` refuses.`;
  throw new UserError(
    'vulnerable',
    why,
    phrase`${commandLine(`scan ${plan.image.repository}@${plan.image.digest}`)} lists them. Deploy a version that fixes them, or name them under ${code('waivers')}; ${code('--break-glass')} deploys all the same.`,
  );
}

/** The plan with what is known of its vulnerabilities now, for a decision that a stored plan is not trusted with. */
export async function withFreshScan(
  plan: DeployPlan,
  deps: Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'scans'>,
  signal: AbortSignal,
): Promise<DeployPlan> {
  if (!deps.config.gates.vulnerabilities || plan.action !== 'deploy' || plan.breakGlass) return plan;
  const hosts = plan.hosts.map(({ host }) => host);
  const vulnerabilities = await beginScan({ image: plan.image, hosts, isUrgent: false }, deps, signal).compare(
    plan.hosts,
  );
  const { vulnerabilities: _, ...rest } = plan;
  return vulnerabilities === undefined ? rest : { ...rest, vulnerabilities };
}
