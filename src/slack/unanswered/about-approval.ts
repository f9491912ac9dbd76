import type { Deps } from '../../handlers/deps.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Asked } from './asked.ts';
import type { OnRecord } from './notice.ts';

export type AboutDeps = Pick<Deps, 'kinds' | 'log' | 'now' | 'store'>;

/**
 * What is stored of the approval that an unanswered request was about. `asked`: the request asked for it, and its message may
 * be missing. `on-card`: its card shows everybody what there is. `not-counted`: the answer to it is not stored. `cut-off`: what
 * was approved was being carried out. `carried-out` and `rejected`: the answer is stored, and its message may not show it.
 */
export type Standing = 'asked' | 'on-card' | 'not-counted' | 'cut-off' | 'carried-out' | 'rejected';

export interface AboutApproval {
  readonly standing: Standing;
  readonly approval: Approval;
  /** Whether it has a card that is kept up to date, and posted again where it is missing. */
  readonly isOwn: boolean;
  /** As a verb: `stop shop on web-1`. */
  readonly what: string;
}

/** The verdict of what was approved and cut off: nobody knows how far it went. */
const CUT_OFF = 'interrupted';

/** The approval that a request asked for or answered; undefined where it is about none, or says nothing of it. */
export async function aboutApproval(
  asked: Asked,
  found: OnRecord,
  { store, kinds, log }: AboutDeps,
): Promise<AboutApproval | undefined> {
  if (found.kind !== 'interrupted' && found.kind !== 'ended') return undefined;
  const ref = ANSWER.exec(asked.line ?? '')?.[1];
  const approval = await (ref === undefined
    ? store.approvals.get(asked.request)
    : store.approvals.find(ref, asked.channel).catch(() => undefined));
  const kind = approval && kinds.get(approval.command);
  if (!kind || approval.integrity !== 'signed') return undefined;
  const isOwn = kind.card === 'own';
  const standing =
    ref === undefined ? asking(approval, isOwn) : await answering({ approval, isOwn, asked, found }, store);
  if (standing === undefined) return undefined;
  try {
    return { standing, approval, isOwn, what: kind.describe(approval) };
  } catch (error) {
    log.error(
      { approval: approval.id, err: error },
      'A stored plan cannot be read: its request is told of as any other',
    );
    return undefined;
  }
}

const ANSWER = /^(?:dock )?(?:approve|reject) +(\S+)/u;

function asking({ state }: Approval, isOwn: boolean): Standing | undefined {
  if (isOwn) return state === 'pending' || state === 'approved' ? 'asked' : undefined;
  // Somebody answered its message: it is there.
  return state === 'pending' ? 'asked' : 'on-card';
}

interface Answering {
  readonly approval: Approval;
  readonly isOwn: boolean;
  readonly asked: Asked;
  readonly found: OnRecord;
}

async function answering(
  { approval, isOwn, asked, found }: Answering,
  { approvals }: AboutDeps['store'],
): Promise<Standing | undefined> {
  const { id, state, decidedBy, verdict } = approval;
  const { person } = asked;
  const isTheirs = decidedBy === person && state !== 'pending';
  if (isOwn) {
    if (isTheirs || (await approvals.votes(id)).some((vote) => vote.person === person)) return 'on-card';
    return found.kind === 'ended' ? undefined : 'not-counted';
  }
  if (!isTheirs) return found.kind === 'ended' ? undefined : 'not-counted';
  if (state !== 'approved') return 'rejected';
  return found.kind === 'ended' && verdict !== CUT_OFF ? 'carried-out' : 'cut-off';
}

/** Closes what was cut off: nothing carries it on. */
export async function closeCutOff({ approval }: AboutApproval, { store, now }: AboutDeps): Promise<void> {
  if (approval.verdict === undefined) await store.approvals.finish({ id: approval.id, verdict: CUT_OFF, at: now() });
}
