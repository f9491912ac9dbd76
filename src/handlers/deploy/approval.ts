import { approvalKind } from '../approval/kind.ts';
import type { AnsweredResult } from './answered.ts';
import { refuseBlocked } from './planning/blocked.ts';
import { startDeployment } from './planning/start.ts';
import { isDeployPlan } from './planning/stored-plan.ts';
import type { DeployPlan } from './planning/types.ts';

const versionOf = ({ image }: DeployPlan) => image.tag ?? image.digest.slice(7, 19);

/** What `/deploy` and `/rollback` ask. */
export const deployApproval = approvalKind<DeployPlan, AnsweredResult>({
  isPlan: isDeployPlan,
  votes: 'many',
  card: 'own',
  breakGlass: true,
  subject(plan) {
    const version = versionOf(plan);
    return plan.action === 'deploy'
      ? `deploy of ${plan.service} ${version}`
      : `rollback of ${plan.service} to ${version}`;
  },
  describe(plan) {
    const { action, service, waves } = plan;
    const version = versionOf(plan);
    const hosts = waves.flat();
    const where = hosts.length > 4 ? `${hosts.length} hosts` : hosts.join(', ');
    return action === 'deploy'
      ? `deploy ${service} ${version} on ${where}`
      : `roll ${service} back to ${version} on ${where}`;
  },
  async revalidate({ approval, plan }, _, deps) {
    const { service, waves } = plan;
    await refuseBlocked({ service, hosts: waves.flat(), person: approval.requestedBy, breakGlass: false }, deps);
  },
  async carryOut({ approval, plan, proof }, request, deps) {
    const { id, hash } = approval;
    const deployment = await startDeployment({ approval: id, plan }, request.person, deps);
    deps.board.changed(id, true);
    return {
      kind: 'answered',
      card: id,
      text: 'Approved. Starting. Its card shows the progress.',
      quiet: true,
      audit: `${id} approved${proof}, deployment ${deployment.id}, plan ${hash.slice(0, 8)}`,
    };
  },
});
