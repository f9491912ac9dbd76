import type { Answer, Answered } from '../../handlers/answer.ts';
import { handle, type Pipeline } from '../../handlers/pipeline.ts';
import type { Incoming, Request } from '../../handlers/request.ts';
import type { Message } from '../block-kit/message.ts';
import type { SlackBoard } from '../cards/board.ts';
import type { Command } from '../command.ts';
import { messageOf } from '../views/answer.ts';
import type { Delivery } from './delivery.ts';
import type { Live } from './live-message.ts';
import type { Place } from './place.ts';
import type { MessageReply, Reply } from './reply.ts';
import type { Responder, Stands } from './responder.ts';

/** Time between two updates of one live message, in milliseconds; the newest state wins. */
const PACE_MS = 1500;

/** The parts of the bot a conversation needs. */
export interface Talking extends Pipeline<Reply, Message> {
  readonly commands: ReadonlyMap<string, Command>;
  readonly board: SlackBoard;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
}

/** A request, where it came from, and how to answer it. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly responder: Responder;
  readonly place: Place;
}

/**
 * Handles one request from its arrival to its last message. An answer within the inline budget is the acknowledgement
 * itself; a later one follows the acknowledgement, with one live message while the command reports progress.
 */
export async function converse(exchange: Exchange, bot: Talking): Promise<void> {
  const { incoming, responder } = exchange;
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
    live ??= responder.startLive(message, stands());
    (await live)?.update(message);
  };
  const answering = handle(incoming, bot, {
    signal,
    accepted(request, spec) {
      accepted = { request, command: commands.get(spec.name) };
      // The budget counts from the arrival: reading groups and writing the audit log are part of it.
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
  // A late host does not delay the answers of the others; the complete answer follows.
  if (early && accepted) await deliverReply(early, accepted.request, exchange, bot);
  else await responder.working(stands());
  acked = true;
  await show();
  const answer = await answering;
  clearTimeout(timer);
  const shown = await live;
  if (shown && (await shown.finish(messageOf(answer)))) return;
  await deliver(answer, exchange, bot);
}

/** Delivers an answer the way its command declares. */
async function deliver(answer: Answer<Reply>, exchange: Exchange, bot: Talking): Promise<void> {
  if (answer.kind === 'result') return deliverReply(answer.reply(), answer.request, exchange, bot);
  const about = answer.kind === 'refused' ? answer : undefined;
  await exchange.responder.answer(messageOf(answer), { inChannel: false, replace: false, refused: true, about });
}

async function deliverReply(
  reply: Reply,
  request: Answered<Reply>['request'],
  exchange: Exchange,
  bot: Talking,
): Promise<void> {
  const { incoming, responder, place } = exchange;
  const isSilent = async () => {
    const { channel, thread, respondTo } = place;
    if (reply.by === 'form') return responder.open(reply.form({ channel, thread, respondTo }));
    // A person who clicks the card sees it change; one who typed, or clicked elsewhere, gets a message.
    const atTheCard = incoming.source === 'click' && !place.away;
    return reply.by === 'card' && (reply.told === 'nobody' || (reply.told === 'elsewhere' && atTheCard));
  };
  if (await isSilent()) return responder.silent();
  const said = reply.by === 'message' ? reply : reply.otherwise;
  await responder.answer(said.message, deliveryOf(said, request, exchange, bot));
}

function deliveryOf(
  { kind }: MessageReply,
  request: Request,
  { incoming, place }: Exchange,
  { commands }: Talking,
): Delivery {
  const isChange = commands.get(request.command)?.spec.effect === 'change';
  const isPublic = kind === 'answer' || kind === 'decision';
  const inChannel = isPublic && (isChange || request.share);
  const takesOwn = kind === 'aside-own' || (kind === 'answer' && !inChannel);
  const replace = incoming.source === 'click' && (kind === 'decision' || (takesOwn && place.onOwn === true));
  return { inChannel, replace, refused: false };
}
