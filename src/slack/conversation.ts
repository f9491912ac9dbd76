import type { CommandSpec } from '../commands/define.ts';
import type { EarlyReport } from '../handlers/over-hosts.ts';
import { handle } from '../handlers/pipeline.ts';
import type { Answer, Deps, Incoming, Request } from '../handlers/types.ts';
import type { Live, Outlet } from './outlet.ts';
import { answerView, progressView } from './views/index.ts';

/** Slack is asked to change one message about this often; the newest state wins. */
const PACE_MS = 1500;

/**
 * One request from its arrival to its last message. What is done within the inline budget is the acknowledgement itself;
 * what takes longer is acknowledged and followed up, with one live message while it reports progress.
 */
export async function converse(incoming: Incoming, deps: Deps, outlet: Outlet, signal: AbortSignal): Promise<void> {
  let request: Request | undefined;
  let spec: CommandSpec | undefined;
  let early: Answer | undefined;
  let acked = false;
  let latest: unknown;
  let live: Promise<Live | undefined> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let budget: NodeJS.Timeout | undefined;
  let slow = () => {};
  const tookLong = new Promise<void>((resolve) => {
    slow = resolve;
  });
  const show = async () => {
    timer = undefined;
    if (!request || latest === undefined) return;
    const message = progressView(latest, request);
    live ??= outlet.startLive(message, request);
    await (await live)?.update(message);
  };
  const answering = handle(incoming, deps, {
    signal,
    accepted(accepted, accordingTo) {
      request = accepted;
      spec = accordingTo;
      budget = setTimeout(slow, deps.config.inlineBudgetMs);
    },
    progress(report) {
      const { kind } = report as { kind?: string };
      if (kind === 'early' && request && spec) {
        early = { kind: 'result', request, spec, result: (report as EarlyReport).result };
        return slow();
      }
      latest = report;
      if (kind === 'follow') slow();
      if (acked) timer ??= setTimeout(() => void show(), PACE_MS);
    },
  });
  const inTime = await Promise.race([answering, tookLong.then(() => undefined)]);
  clearTimeout(budget);
  if (inTime) return outlet.answer(answerView(inTime), manner(inTime, incoming));
  // What the others gave is not kept back for one that is late; the whole answer follows.
  if (early) await outlet.answer(answerView(early), manner(early, incoming));
  else await outlet.working(request);
  acked = true;
  await show();
  const answer = await answering;
  clearTimeout(timer);
  const message = answerView(answer);
  const shown = await live;
  if (shown && (await shown.finish(message))) return;
  await outlet.answer(message, manner(answer, incoming));
}

/** Who should see an answer, and whether it takes the place of the message that was clicked. */
export interface Manner {
  readonly inChannel: boolean;
  readonly replace: boolean;
  readonly request: Request | undefined;
}

function manner(answer: Answer, incoming: Incoming): Manner {
  if (answer.kind !== 'result') return { inChannel: false, replace: false, request: undefined };
  const { request, spec } = answer;
  const decided = spec.name === 'approve' || spec.name === 'reject';
  const inChannel = spec.effect === 'change' || request.share;
  return {
    inChannel,
    replace: incoming.source === 'click' && spec.name !== 'stop' && (decided || !inChannel),
    request,
  };
}
