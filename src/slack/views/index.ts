import type { CommandName } from '../../commands/index.ts';
import type { FollowReport } from '../../handlers/logs.ts';
import type { PullReport } from '../../handlers/pull.ts';
import type { Answer, Request } from '../../handlers/types.ts';
import { type Message, section } from '../blocks.ts';
import { auditView, canView, helpView, hostsView, stopView, usageView, whoamiView } from './dock.ts';
import { imagesView } from './images.ts';
import { followView, logsView } from './logs.ts';
import { approveView, pruneView, rejectView } from './prune.ts';
import { psView } from './ps.ts';
import { pullProgress, pullView } from './pull.ts';
import { refusalView } from './refusal.ts';

/** One view a command; the compiler asks for it as soon as the command is listed. */
const views = {
  images: imagesView,
  pull: pullView,
  ps: psView,
  logs: logsView,
  prune: pruneView,
  help: helpView,
  hosts: hostsView,
  can: canView,
  whoami: whoamiView,
  audit: auditView,
  approve: approveView,
  reject: rejectView,
  stop: stopView,
} satisfies Record<CommandName, unknown>;

export function answerView(answer: Answer): Message {
  if (answer.kind === 'refused') return refusalView(answer);
  if (answer.kind === 'usage') return usageView(answer.spec);
  const view = views[answer.spec.name as CommandName] as (result: unknown, request: Request) => Message;
  return view(answer.result, answer.request);
}

export function progressView(report: unknown, request: Request): Message {
  const { kind } = report as { kind: string };
  if (kind === 'pull') return pullProgress(report as PullReport, request);
  if (kind === 'follow') return followView(report as FollowReport, request);
  return { text: 'Working on it…', blocks: [section(`Working on it… <@${request.person}>`)] };
}
