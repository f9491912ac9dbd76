import type { Answer, Answered } from '../../handlers/answer.ts';
import { handle, type Pipeline } from '../../handlers/pipeline.ts';
import type { Incoming, Request } from '../../handlers/request.ts';
import type { Message } from '../block-kit/message.ts';
import type { SlackBoard } from '../cards/board.ts';
import type { Command } from '../command.ts';
import { messageOf } from '../views/answer.ts';
import type { Live } from './live-message.ts';
import type { Delivery } from './manner.ts';
import type { Outlet, Stands } from './outlet.ts';
import type { Place } from './place.ts';
import type { MessageReply, Reply } from './reply.ts';

/** Slack is asked to change one message about this often; the newest state wins. */
const PACE_MS = 1500;

/** What a conversation needs of the bot. */
export interface Talking extends Pipeline<Reply, Message> {
  readonly commands: ReadonlyMap<string, Command>;
  readonly board: SlackBoard;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
}

/** Where a request came from, and the ways to answer it. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly outlet: Outlet;
  readonly place: Place;
}

/**
 * One request from its arrival to its last message. What is done within the inline budget is the acknowledgement itself;
 * what takes longer is acknowledged and followed up, with one live message while it reports progress.
 */
export async function converse(exchange: Exchange, bot: Talking): Promise<void> {
  const { incoming, outlet } = exchange;
  const { deps, commands, signal } = bot;
  const arrived = performance.now();
  const taken = Promise.withResolvers<void>();
  let accepted: { readonly request: Request; readonly command: Command | undefined } | undefined;
  let early: Reply | undefined;
  let acked = false;
  let latest: (() => Message) | undefined;
  let live: Promise<Live | undefined> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let budget: NodeJS.Timeout | undefined;
  const stands = (): Stands =>
    accepted?.command?.live?.stands === 'private' && !accepted.request.share ? 'private' : 'channel';
  const show = async () => {
    timer = undefined;
    if (!latest) return;
    const message = latest();
    live ??= outlet.startLive(message, stands());
    (await live)?.update(message);
  };
  const answering = handle(incoming, bot, {
    signal,
    accepted(request, spec) {
      accepted = { request, command: commands.get(spec.name) };
      // Slack has been waiting since it came, for groups and the disk too.
      budget = setTimeout(taken.resolve, Math.max(0, deps.config.inlineBudgetMs - (performance.now() - arrived)));
    },
    progress(report) {
      latest = report;
      if (accepted?.command?.live?.begins === 'at-once') taken.resolve();
      if (acked) timer ??= setTimeout(() => void show(), PACE_MS);
    },
    early(reply) {
      early = reply();
      taken.resolve();
    },
  });
  const inTime = await Promise.race([answering, taken.promise]);
  clearTimeout(budget);
  if (inTime) return deliver(inTime, exchange, bot);
  // What the others gave is not kept back for one that is late; the whole answer follows.
  if (early && accepted) await deliverReply(early, accepted.request, exchange, bot);
  else await outlet.working(stands());
  acked = true;
  await show();
  const answer = await answering;
  clearTimeout(timer);
  const shown = await live;
  if (shown && (await shown.finish(messageOf(answer)))) return;
  await deliver(answer, exchange, bot);
}

/** Shows an answer by the way it says. */
async function deliver(answer: Answer<Reply>, exchange: Exchange, bot: Talking): Promise<void> {
  if (answer.kind === 'result') return deliverReply(answer.reply(), answer.request, exchange, bot);
  const about = answer.kind === 'refused' ? answer : undefined;
  await exchange.outlet.answer(messageOf(answer), { inChannel: false, replace: false, refused: true, about });
}

async function deliverReply(
  reply: Reply,
  request: Answered<Reply>['request'],
  exchange: Exchange,
  bot: Talking,
): Promise<void> {
  const { incoming, outlet, place } = exchange;
  const isSilent = async () => {
    const { channel, thread, respondTo } = place;
    if (reply.by === 'form') return outlet.open(reply.form({ channel, thread, respondTo }));
    // The person who clicks the card sees it change; one who typed, or clicked elsewhere, is told.
    const atTheCard = incoming.source === 'click' && !place.away;
    return reply.by === 'card' && (reply.told === 'nobody' || (reply.told === 'elsewhere' && atTheCard));
  };
  if (await isSilent()) return outlet.silent();
  const said = reply.by === 'message' ? reply : reply.otherwise;
  await outlet.answer(said.message, deliveryOf(said, request, exchange, bot));
}

function deliveryOf(
  { manner }: MessageReply,
  request: Request,
  { incoming, place }: Exchange,
  { commands }: Talking,
): Delivery {
  const isChange = commands.get(request.command)?.spec.effect === 'change';
  const isPublic = manner === 'answer' || manner === 'decision';
  const inChannel = isPublic && (isChange || request.share);
  const takesOwn = manner === 'aside-own' || (manner === 'answer' && !inChannel);
  const replace = incoming.source === 'click' && (manner === 'decision' || (takesOwn && place.onOwn === true));
  return { inChannel, replace, refused: false };
}
