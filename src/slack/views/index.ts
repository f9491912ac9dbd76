import type { CommandName } from '../../commands/index.ts';
import type { PrunedResult, ReasonResult, RejectedResult } from '../../handlers/answer.ts';
import type { AnsweredResult, CodeResult } from '../../handlers/deploy/vote.ts';
import type { FollowReport } from '../../handlers/logs.ts';
import type { PullReport } from '../../handlers/pull.ts';
import type { Answer, Request } from '../../handlers/types.ts';
import { type Message, section } from '../blocks.ts';
import { answeredView, totpView } from './answered.ts';
import { deployView } from './deploy.ts';
import { auditView, canView, helpView, hostsView, stopView, usageView, whoamiView } from './dock.ts';
import { homeView } from './home.ts';
import { imagesView } from './images.ts';
import { askView, locksView, lockView, unlockView } from './locks.ts';
import { followView, logsView } from './logs.ts';
import { approveView, pruneView, rejectView } from './prune.ts';
import { psView } from './ps.ts';
import { pullProgress, pullView } from './pull.ts';
import { approvalsView, deploymentsView, planView } from './records.ts';
import { refusalView } from './refusal.ts';

/** One view a command; the compiler asks for it as soon as the command is listed. */
const views = {
  images: imagesView,
  pull: pullView,
  ps: psView,
  logs: logsView,
  prune: pruneView,
  deploy: deployView,
  rollback: deployView,
  lock: lockView,
  unlock: unlockView,
  locks: locksView,
  ask: askView,
  history: deploymentsView,
  deployments: deploymentsView,
  approvals: approvalsView,
  plan: planView,
  help: helpView,
  home: homeView,
  hosts: hostsView,
  can: canView,
  whoami: whoamiView,
  audit: auditView,
  approve: (result: PrunedResult | AnsweredResult | CodeResult) =>
    result.kind === 'pruned' ? approveView(result) : answeredView(result),
  reject: (result: RejectedResult | AnsweredResult | ReasonResult) =>
    result.kind === 'rejected' ? rejectView(result) : answeredView(result),
  abort: answeredView,
  continue: answeredView,
  sign: answeredView,
  totp: totpView,
  stop: stopView,
} satisfies Record<CommandName, unknown>;

export function answerView(answer: Answer): Message {
  if (answer.kind === 'refused') return refusalView(answer);
  if (answer.kind === 'usage') return usageView(answer.spec, answer.prefix);
  const view = views[answer.spec.name as CommandName] as (result: unknown, request: Request) => Message;
  return view(answer.result, answer.request);
}

export function progressView(report: unknown, request: Request): Message {
  const { kind } = report as { kind: string };
  if (kind === 'pull') return pullProgress(report as PullReport, request);
  if (kind === 'follow') return followView(report as FollowReport, request);
  return { text: 'Working on it…', blocks: [section(`Working on it… <@${request.person}>`)] };
}
