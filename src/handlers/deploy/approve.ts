import type { AnswerArgs } from '../../commands/deploy/approve.ts';
import { UserError } from '../../domain/errors.ts';
import { asText, type Phrase, phrase } from '../../domain/phrase.ts';
import { complete } from '../../policy/votes.ts';
import type { Approval } from '../../store/approvals.ts';
import { cutHidden } from '../../text/cut.ts';
import { assertCodeValid } from '../access/totp.ts';
import { closedError, StalePlan } from '../approval/errors.ts';
import { type FindDeps, findRequest, mustBeOpen, redraw } from '../approval/find-request.ts';
import { enough, mayAnswer, rulesOf } from '../approval/may-answer.ts';
import { refusedApproval } from '../approval/refused-answer.ts';
import type { ApprovalDeps, ApprovalKind, Outcome, Underway } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request } from '../request.ts';
import type { AnsweredResult, CodeResult } from './answered.ts';
import { newNote } from './card/new-note.ts';

/** UTF-16 units of why a plan is stale. */
const MOST_REASON = 1000;

/** Adds an approval. The last one the rules require carries out the request. */
export const approve = handler<AnswerArgs, AnsweredResult | CodeResult | Underway | Outcome, object>()(
  [
    'board',
    'config',
    'hosts',
    'kinds',
    'live',
    'log',
    'now',
    'observer',
    'people',
    'redact',
    'registries',
    'runner',
    'specs',
    'store',
  ],
  async (request, deps, run) => {
    const { approval, kind } = await findRequest(request, deps);
    mustBeOpen(approval, deps.now());
    const needsCode = await whetherCodeIsNeeded(request, approval, deps);
    if (kind.votes === 'one') mustBeEnoughAlone(request, approval, deps);
    await kind.revalidate(approval, request, deps).catch(async (error: unknown) => {
      if (error instanceof StalePlan) await closeStale({ approval, kind, why: error.phrase }, request, deps);
      throw notApproved(error);
    });
    if (needsCode && request.args.code === undefined) return codeNeeded(approval, kind);
    const factor = needsCode ? await checkCode(request, approval, deps) : undefined;
    const proof = factor === undefined ? '' : ' with a one-time code (totp)';
    if (kind.votes === 'many') {
      const waiting = await vote({ approval, factor, proof }, request, deps);
      if (waiting) return waiting;
    }
    const outcome = await kind.carryOut({ approval, proof }, request, deps, run);
    if (kind.card === 'message') await redraw(approval.id, request, deps);
    // Until this answer came: what is carried out may take minutes, and is not part of the wait.
    deps.observer.tell({ kind: 'approval', ms: request.at - approval.requestedAt });
    return outcome;
  },
);

/** Whether a form asks for a one-time code. What refuses the answer itself asks for none. */
export async function asksForCode(request: Request<AnswerArgs>, deps: ApprovalDeps & FindDeps): Promise<boolean> {
  if (request.args.code !== undefined) return false;
  try {
    const { approval } = await findRequest(request, deps);
    return await whetherCodeIsNeeded(request, approval, deps);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What holds a request up for now is worded for its requester: an approver reads first that nothing was approved. */
function notApproved(error: unknown): unknown {
  if (!(error instanceof UserError) || !['busy', 'locked', 'frozen'].includes(error.reason)) return error;
  const { reason, hint = '' } = error;
  return new UserError(
    reason,
    phrase`Not approved yet: ${error.phrase}`,
    reason === 'frozen' ? hint : phrase`The request stays open: approve it again afterwards. ${hint}`,
  );
}

interface Stale {
  readonly approval: Approval;
  readonly kind: ApprovalKind;
  readonly why: Phrase;
}

/** Closes a request whose plan does not hold any more, and tells its requester. Its message has no buttons then. */
async function closeStale(
  { approval, kind, why }: Stale,
  { person: by }: Request,
  { store, board, now, redact }: ApprovalDeps,
): Promise<void> {
  const { id, requestedBy, line } = approval;
  const reason = cutHidden(asText(why), MOST_REASON, redact);
  const said = { kind: 'stale', what: kind.describe(approval), requestedBy, line, why: reason } as const;
  const note = by === requestedBy ? undefined : newNote({ card: id }, said, now());
  const { won } = await store.approvals.decide({ id, state: 'stale', by, at: now(), reason }, note);
  // The refusal goes to the person who clicked, so the message is drawn.
  if (won) board.changed(id, true);
}

/** Throws a `UserError` when this person's approval does not count. */
async function whetherCodeIsNeeded(
  request: Request,
  approval: Approval,
  deps: ApprovalDeps & FindDeps,
): Promise<boolean> {
  const verdict = mayAnswer(request, deps, approval, { answer: 'yes' });
  if (verdict.may) return false;
  if (verdict.reason === 'step_up_needed') return true;
  throw await refusedApproval(verdict, approval, request, deps);
}

function mustBeEnoughAlone({ person, membership }: Request, approval: Approval, deps: ApprovalDeps): void {
  const { requestedBy, command } = approval;
  const rules = rulesOf(approval, deps);
  if (complete({ requestedBy, rules, votes: [{ person }], memberships: new Map([[person, membership]]) })) return;
  throw new UserError('not_permitted', `This needs more than one approval, and \`${command}\` takes only one.`);
}

function codeNeeded(approval: Approval, kind: ApprovalKind): CodeResult {
  const { id } = approval;
  return { kind: 'code', card: id, question: `To ${kind.describe(approval)}.`, audit: `${id}: asked for a code` };
}

async function checkCode(request: Request<AnswerArgs>, approval: Approval, deps: ApprovalDeps): Promise<'totp'> {
  assertCodeValid(await deps.store.totp.check(request.person, request.args.code ?? '', deps.now()), deps.now());
  const verdict = mayAnswer(request, deps, approval, { answer: 'yes', factor: 'totp' });
  if (!verdict.may) throw new UserError('not_permitted', verdict.why, verdict.hint);
  return 'totp';
}

/** Adds an approval; undefined when it was the last one missing. */
async function vote(
  given: { readonly approval: Approval; readonly factor: 'totp' | undefined; readonly proof: string },
  { person }: Request,
  deps: ApprovalDeps,
): Promise<AnsweredResult | undefined> {
  const { approval, factor, proof } = given;
  const { id } = approval;
  const { approvals } = deps.store;
  const voted = await approvals.vote({ id, person, at: deps.now(), ...(factor === undefined ? {} : { factor }) });
  if (!voted.counted && voted.why !== 'again') throw closedError(voted.why, voted.approval?.decidedBy);
  if (await enough(approval, voted.votes, deps)) return undefined;
  deps.board.changed(id, true);
  if (!voted.counted) throw new UserError('already_decided', 'You already approved this. It needs more approvals.');
  const text = 'Your approval counts. It needs more approvals.';
  return { kind: 'answered', card: id, text, quiet: true, audit: `${id}: a yes${proof}, not enough yet` };
}
