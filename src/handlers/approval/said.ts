import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Approval } from '../../store/approvals.ts';
import type { PrunePlan } from '../cleanup/types.ts';
import type { DeployPlan } from '../deploy/planning/types.ts';

/** Whether a question is about a deploy, and so has a card of its own. */
export function isDeploy({ command }: Pick<Approval, 'command'>): boolean {
  return command === 'deploy' || command === 'rollback';
}

/** `deploy shop 1.4.0 on web-1, web-2`: for sentences. */
export function saidOf({ plan }: Pick<Approval, 'plan'>): string {
  const { action, service, image, waves } = plan as DeployPlan;
  const version = image.tag ?? image.digest.slice(7, 19);
  const hosts = waves.flat();
  const where = hosts.length > 4 ? `${hosts.length} hosts` : hosts.join(', ');
  return action === 'deploy'
    ? `deploy ${service} ${version} on ${where}`
    : `roll ${service} back to ${version} on ${where}`;
}

/** `deploy of shop 1.4.0`, `prune of images`: what somebody asked for. */
export function subjectOf(approval: Pick<Approval, 'command' | 'plan'>): string {
  if (!isDeploy(approval)) return `prune of ${(approval.plan as PrunePlan).args.what}`;
  const { action, service, image } = approval.plan as DeployPlan;
  const version = image.tag ?? image.digest.slice(7, 19);
  return action === 'deploy' ? `deploy of ${service} ${version}` : `rollback of ${service} to ${version}`;
}

/** Every host a stored plan is for, a prune's too. */
export function hostsOf(plan: unknown): string[] {
  const { hosts } = plan as { readonly hosts: readonly { readonly host: string }[] };
  return hosts.map(({ host }) => host);
}

/** A card belongs to its channel: an id carried elsewhere says nothing there, not even that it exists. */
export function noSuch(what: 'question' | 'deploy'): UserError {
  const approvals = commandLine('approvals');
  const where =
    what === 'question' ? phrase`${approvals} lists` : phrase`${commandLine('deployments')} and ${approvals} list`;
  return new UserError('not_found', `There is no such ${what} in this channel.`, phrase`${where} those there are.`);
}
