import { approversOf } from '../handlers/approval/approvers.ts';
import { approvalSubject, rulesOf } from '../handlers/approval/may-answer.ts';
import { nobodyCanAnswer } from '../handlers/approval/nobody.ts';
import { deployApproval } from '../handlers/deploy/approval.ts';
import { newNote } from '../handlers/deploy/card/new-note.ts';
import type { Note } from '../handlers/deploy/card/notes.ts';
import { deployPlanOf, isDeploy } from '../handlers/deploy/planning/stored-plan.ts';
import type { Deps } from '../handlers/deps.ts';
import { noteToNext } from '../handlers/locks/note-to-next.ts';
import { signersOf } from '../policy/break-glass.ts';
import type { Approval } from '../store/approvals.ts';
import type { Deployment } from '../store/deployment.ts';
import type { NewNote } from '../store/outbox.ts';
import type { Review } from '../store/reviews.ts';
import { shipHead } from './audit-head.ts';
import { waveNote } from './deployments/waves.ts';
import { tellEndedGrants } from './ended-grants.ts';
import { noteOrNone, readNoteOrNone } from './note-or-none.ts';

/** Time between two reminders of a lock, in milliseconds. */
const LOCK_PAUSE_MS = 60 * 60_000;
/** Time between two reminders of an overdue review, in milliseconds. */
const REVIEW_PAUSE_MS = 4 * 3_600_000;

type ReminderDeps = Pick<Deps, 'board' | 'config' | 'kinds' | 'log' | 'now' | 'people' | 'store'>;

/** Expires requests and locks and sends due reminders; each once over all processes, its note in the transaction that says so. */
export async function runDueReminders(deps: ReminderDeps): Promise<void> {
  const { store, board } = deps;
  // Nothing ends by a clock that was set a moment ago.
  await store.time.compare();
  const now = deps.now();
  await shipHead(deps);
  const expired = await store.approvals.expire(
    now,
    noteOrNone(deps, (approval) => expiredNote(approval, now, deps)),
  );
  for (const { id } of expired) board.changed(id, true);
  await store.approvals.remind(
    now,
    readNoteOrNone(deps, (approval) => askedAgain(approval, now, deps)),
  );
  await store.deployments.remindWaves(
    now,
    readNoteOrNone(deps, (deployment) => waveAgain(deployment, now, deps)),
  );
  await store.locks.remind(now, LOCK_PAUSE_MS, ({ owner, service, token, until }) =>
    newNote({ to: owner }, { kind: 'lock-ending', service, token, until }, now),
  );
  await store.locks.ended(
    now,
    ({ owner, service }) => newNote({ to: owner }, { kind: 'lock-ended', service }, now),
    noteToNext(now),
  );
  await tellEndedGrants(deps);
  await store.reviews.remind(
    now,
    REVIEW_PAUSE_MS,
    readNoteOrNone(deps, (review) => reviewDue(review, now, deps)),
  );
}

function expiredNote(approval: Approval, now: number, deps: ReminderDeps): NewNote | undefined {
  const kind = deps.kinds.get(approval.command);
  // A confirmation of their own that nobody gave is no news to those who did not give it.
  if (!kind || (kind.card === 'message' && rulesOf(approval, deps).length === 0)) return undefined;
  const { id, requestedBy, line, expiresAt } = approval;
  const clockSetBack = expiresAt > now ? { clockSetBack: true } : {};
  const what = kind.describe(approval);
  return newNote({ card: id }, { kind: 'expired', what, requestedBy, line, ...clockSetBack }, now);
}

async function askedAgain(approval: Approval, now: number, deps: ReminderDeps): Promise<NewNote | undefined> {
  if (!isDeploy(approval)) return undefined;
  const { id, requestedBy, expiresAt } = approval;
  const groups = new Set(rulesOf(approval, deps).flatMap(({ rule }) => rule.from));
  const note: Note = {
    kind: 'asked',
    what: deployApproval.describe(approval),
    requestedBy,
    approvers: approversOf([...groups], deps.config),
    expiresAt,
    again: true,
    nobody: await nobodyCanAnswer('it now', approval, deps),
  };
  return newNote({ card: id }, note, now);
}

async function waveAgain(deployment: Deployment, now: number, deps: ReminderDeps): Promise<NewNote | undefined> {
  const approval = await deps.store.approvals.get(deployment.approval);
  const plan = approval && deployPlanOf(approval);
  return plan && newNote({ card: approval.id }, waveNote({ approval, plan }, deployment, deps, true), now);
}

async function reviewDue(review: Review, now: number, { config, store }: ReminderDeps): Promise<NewNote | undefined> {
  const deployment = await store.deployments.get(review.deployment);
  if (!deployment) return undefined;
  const approval = await store.approvals.get(deployment.approval);
  const note: Note = {
    kind: 'review-due',
    id: deployment.approval,
    what: approval ? deployApproval.describe(approval) : deployment.line,
    by: review.person,
    approvers: approval ? approversOf(signersOf(approvalSubject(approval), config), config) : [],
    overdue: now > review.dueAt,
  };
  return newNote({ card: deployment.approval }, note, now);
}
