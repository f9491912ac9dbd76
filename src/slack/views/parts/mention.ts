import type { Approver } from '../../../handlers/approval/approver.ts';

/** A group so that Slack tells its people: the user group, or each person of a short list. */
export function mention(approver: Approver): string {
  if (approver.usergroup !== undefined) return `<!subteam^${approver.usergroup}>`;
  if (approver.people.length > 0 && approver.people.length <= 5)
    return approver.people.map((person) => `<@${person}>`).join(' ');
  return `*${approver.name}*`;
}
