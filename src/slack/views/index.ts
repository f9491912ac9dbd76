import type { CommandName } from '../../commands/index.ts';
import type { Answer } from '../../handlers/answer.ts';
import type { PrunedResult, ReasonResult, RejectedResult } from '../../handlers/approval/answer.ts';
import type { FollowReport } from '../../handlers/containers/log/results.ts';
import type { AnsweredResult, CodeResult } from '../../handlers/deploy/vote.ts';
import type { PullReport } from '../../handlers/images/pull.ts';
import type { Request } from '../../handlers/request.ts';
import { type Message, section } from '../block-kit/message.ts';
import { auditView } from './access/audit.ts';
import { canView } from './access/can.ts';
import { helpView } from './access/help.ts';
import { homeView } from './access/home.ts';
import { totpView } from './access/totp.ts';
import { usageView } from './access/usage.ts';
import { whoamiView } from './access/whoami.ts';
import { pruneView } from './cleanup/prune.ts';
import { approveView } from './cleanup/pruned.ts';
import { rejectView } from './cleanup/rejected.ts';
import { followView, logsView } from './containers/logs.ts';
import { psView } from './containers/ps.ts';
import { stopView } from './containers/stop.ts';
import { answeredView } from './deploy/answered.ts';
import { approvalsView } from './deploy/approvals.ts';
import { deployView } from './deploy/deploy.ts';
import { deploymentsView } from './deploy/deployments.ts';
import { planView } from './deploy/plan.ts';
import { hostsView } from './hosts/hosts.ts';
import { imagesView } from './images/images.ts';
import { pullProgress, pullView } from './images/pull.ts';
import { askView } from './locks/ask.ts';
import { lockView } from './locks/lock.ts';
import { locksView } from './locks/locks.ts';
import { unlockView } from './locks/unlock.ts';
import { refusalView } from './parts/refusal.ts';

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
