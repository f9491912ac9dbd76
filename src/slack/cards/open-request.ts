import { approversOf } from '../../handlers/approval/approvers.ts';
import { rulesOf } from '../../handlers/approval/may-answer.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Message } from '../block-kit/message.ts';
import { BY_NAME } from '../commands.ts';

/** What the message of an open request shows with the approvers of today's config; undefined where its plan is not of its command. */
export function openRequestView(approval: Approval, deps: Pick<Deps, 'config'>): Message | undefined {
  const groups = rulesOf(approval, deps).flatMap(({ rule }) => rule.from);
  const from = approversOf([...new Set(groups)], deps.config);
  return BY_NAME.get(approval.command)?.approval?.asked(approval, from);
}
