import { lifecycleApproval } from '../../../handlers/lifecycle/approval.ts';
import type { LifecycleResult } from '../../../handlers/lifecycle/lifecycle.ts';
import type { ActingReport } from '../../../handlers/lifecycle/types.ts';
import type { Request } from '../../../handlers/request.ts';
import { approvable, type LiveView } from '../../command.ts';
import { answer, aside, decision, type FormReply, form, type MessageReply, question } from '../../reply/reply.ts';
import { actedView, actingView } from './acted.ts';
import { askedView } from './asked.ts';
import { containersAsText, containersForm } from './form.ts';

/** The parts that all commands have in common which change containers. */
export const LIFECYCLE = {
  delivery: ['message', 'form'] as const,
  opensForm: ({ args }: Request<{ readonly containers: readonly string[] } | { readonly container: string }>) =>
    'containers' in args && args.containers.length === 0,
  view(result: LifecycleResult, request: Request): MessageReply | FormReply {
    if (result.kind === 'lifecycle-form')
      return form((place) => containersForm(result, place), aside(containersAsText(result)));
    if (result.kind === 'lifecycle-asked') return question(result.id, askedView(result, request));
    return answer(actedView(result));
  },
  progress: { view: actingView, stands: 'channel', begins: 'when-slow' } satisfies LiveView<never, ActingReport>,
  approval: approvable(
    lifecycleApproval,
    {
      asked: (plan, open) =>
        plan.act.action === open.command
          ? askedView({ kind: 'lifecycle-asked', ...plan, ...open, audit: '', ms: 0, failures: [] }, open)
          : undefined,
      reply: (result) => decision(actedView(result)),
    },
    actingView,
  ),
};
