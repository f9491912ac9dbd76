import type { CommandSpec } from '../../commands/language/define.ts';
import type { TotpResult } from '../../handlers/access/totp.ts';
import type { Answer } from '../../handlers/answer.ts';
import type { ReasonResult } from '../../handlers/approval/answer.ts';
import type { FormResult } from '../../handlers/deploy/planning/form.ts';
import type { CardResult } from '../../handlers/deploy/put.ts';
import type { AnsweredResult, CodeResult } from '../../handlers/deploy/vote.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { EarlyReport } from '../../handlers/over-hosts.ts';
import { handle } from '../../handlers/pipeline.ts';
import type { Incoming, Request } from '../../handlers/request.ts';
import type { SlackBoard } from '../cards/board.ts';
import { codeForm, deployForm, reasonForm, totpForm } from '../listeners/forms.ts';
import { answerView, progressView } from '../views/index.ts';
import type { Live } from './live-message.ts';
import type { Manner } from './manner.ts';
import type { Outlet } from './outlet.ts';
import type { Place } from './place.ts';

/** Slack is asked to change one message about this often; the newest state wins. */
const PACE_MS = 1500;

/** What a conversation needs of the bot. */
export interface Talking {
  readonly deps: Deps;
  readonly board: SlackBoard;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
}

/**
 * One request from its arrival to its last message. What is done within the inline budget is the acknowledgement itself;
 * what takes longer is acknowledged and followed up, with one live message while it reports progress.
 */
export async function converse(incoming: Incoming, bot: Talking, outlet: Outlet, place: Place): Promise<void> {
  const { deps, signal } = bot;
  const arrived = performance.now();
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
    (await live)?.update(message);
  };
  const answering = handle(incoming, deps, {
    signal,
    accepted(accepted, accordingTo) {
      request = accepted;
      spec = accordingTo;
      // Slack has been waiting since it came, for groups and the disk too.
      budget = setTimeout(slow, Math.max(0, deps.config.inlineBudgetMs - (performance.now() - arrived)));
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
  if (inTime) return deliver(inTime, incoming, bot, outlet, place);
  // What the others gave is not kept back for one that is late; the whole answer follows.
  if (early) await outlet.answer(answerView(early), manner(early, incoming, place));
  else await outlet.working(request);
  acked = true;
  await show();
  const answer = await answering;
  clearTimeout(timer);
  const shown = await live;
  if (shown && (await shown.finish(answerView(answer)))) return;
  await deliver(answer, incoming, bot, outlet, place);
}

/** Cards and forms are shown in their own ways; everything else is a message. */
async function deliver(answer: Answer, incoming: Incoming, bot: Talking, outlet: Outlet, place: Place): Promise<void> {
  if (answer.kind === 'result' && (await delivered(answer.result as Shown, incoming, bot, outlet, place))) return;
  await outlet.answer(answerView(answer), manner(answer, incoming, place));
}

type Shown =
  | CardResult
  | AnsweredResult
  | CodeResult
  | ReasonResult
  | FormResult
  | TotpResult
  | { readonly kind?: undefined };

async function delivered(
  result: Shown,
  incoming: Incoming,
  { board }: Talking,
  outlet: Outlet,
  place: Place,
): Promise<boolean> {
  const { channel, thread } = place;
  switch (result.kind) {
    case 'card':
      await outlet.silent();
      return true;
    case 'answered':
      board.changed(result.card, true);
      // Whoever clicks the card sees it change; whoever typed, or clicked elsewhere, is told.
      if (!result.quiet || incoming.source !== 'click' || place.away) return false;
      await outlet.silent();
      return true;
    case 'code':
      if (!(await outlet.open(codeForm(result.question, { channel, thread, card: result.card })))) return false;
      await outlet.silent();
      return true;
    case 'reason':
      if (!(await outlet.open(reasonForm(result, { channel, thread, respondTo: place.respondTo })))) return false;
      await outlet.silent();
      return true;
    case 'totp':
      if (result.state !== 'begun' || !(await outlet.open(totpForm(result, { channel, thread })))) return false;
      await outlet.silent();
      return true;
    case 'form':
      if (!(await outlet.open(deployForm(result, { channel, thread })))) return false;
      await outlet.silent();
      return true;
    default:
      return false;
  }
}

/** Said of a card, or of somebody else's lock, to the one who asked: everybody sees those. It takes no message's place. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'answered',
  'code',
  'reason',
  'card',
  'form',
  'planned',
  'holder-asked',
]);

function manner(answer: Answer, incoming: Incoming, { onOwn = false }: Place): Manner {
  if (answer.kind !== 'result') {
    const about = answer.kind === 'refused' ? answer : undefined;
    return { inChannel: false, replace: false, refused: true, about, request: undefined };
  }
  const { request, spec } = answer;
  const { kind } = answer.result as { kind?: string };
  const ownWord = OWN_WORDS.has(kind ?? '');
  // A lock's own card says how it stands, and has no buttons any more once it is released.
  const decided = spec.name === 'approve' || spec.name === 'reject' || kind === 'locked' || kind === 'unlocked';
  const inChannel = !ownWord && kind !== 'held' && (spec.effect === 'change' || request.share);
  return {
    inChannel,
    replace: incoming.source === 'click' && !ownWord && spec.name !== 'stop' && (decided || (!inChannel && onOwn)),
    refused: false,
    request,
  };
}
