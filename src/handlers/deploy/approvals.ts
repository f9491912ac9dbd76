import type { ListArgs } from '../../commands/language/fields.ts';
import { isMine, mayAnswer, maySee } from '../approval/may-answer.ts';
import { nobodyCanAnswer } from '../approval/nobody.ts';
import { handler } from '../handler.ts';

export interface ApprovalsResult {
  readonly kind: 'approvals';
  readonly at: number;
  readonly waiting: readonly {
    readonly id: string;
    readonly hash: string;
    readonly command: string;
    readonly line: string;
    readonly requestedBy: string;
    readonly expiresAt: number;
    /** Whether this person may answer it. */
    readonly mine: boolean;
    /** Whether too few people are left in the groups whose approval it needs; false where a group is unknown. */
    readonly isStuck: boolean;
  }[];
}

export const approvals = handler<ListArgs, ApprovalsResult>()(
  ['config', 'kinds', 'now', 'people', 'specs', 'store'],
  async (request, deps) => {
    const at = deps.now();
    const all = await deps.store.approvals.pending({ now: at, channel: request.channel });
    const open = all.filter((approval) => maySee(request, approval, deps));
    return {
      kind: 'approvals',
      at,
      waiting: await Promise.all(
        open.map(async (approval) => ({
          id: approval.id,
          hash: approval.hash,
          command: approval.command,
          line: approval.line,
          requestedBy: approval.requestedBy,
          expiresAt: approval.expiresAt,
          mine: isMine(mayAnswer(request, deps, approval, { answer: 'yes' })),
          isStuck: (await nobodyCanAnswer('', approval, deps)) !== undefined,
        })),
      ),
    };
  },
);
