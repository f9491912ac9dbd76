import type { Answer, Answered } from '../../handlers/answer.ts';
import { type Accepted, type Decided, decide } from '../../handlers/deciding.ts';
import { carryOut, type Pipeline } from '../../handlers/pipeline.ts';
import type { Request } from '../../handlers/request.ts';
import type { Message } from '../block-kit/message.ts';
import type { SlackBoard } from '../cards/board.ts';
import type { Command } from '../command.ts';
import { messageOf } from '../views/answer.ts';
import type { Delivery } from './delivery.ts';
import { type Answering, answerDeclined, type Exchange, handOverTo } from './exchange.ts';
import type { Live } from './live-message.ts';
import type { MessageReply, Reply } from './reply.ts';
import type { Stands } from './responder.ts';
import type { HandOver } from './task.ts';

/** Time between two updates of one live message, in milliseconds; the newest state wins. */
const PACE_MS = 1500;

/** The parts of the bot a conversation needs. */
export interface Talking extends Pipeline<Reply, Message> {
  readonly commands: ReadonlyMap<string, Command>;
  readonly board: SlackBoard;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
  /** Where another process carries out what this one accepts; undefined where this one does both. */
  readonly handOver?: HandOver | undefined;
}

/** Answers one request, from its arrival. Resolves to true where another process answers it. */
export async function converse(exchange: Exchange, bot: Talking): Promise<boolean> {
  const arrived = performance.now();
  return answerDecided({ decided: await decide(exchange.incoming, bot.deps), arrived }, exchange, bot);
}

/**
 * Answers one request from its decision to its last message. An answer within the inline budget is the acknowledgement
 * itself; a later one follows the acknowledgement, with one live message while the command reports progress. Resolves to
 * true where another process answers it.
 */
export async function answerDecided(
  { decided, arrived }: ToAnswer<Decided>,
  exchange: Exchange,
  bot: Talking,
): Promise<boolean> {
  const { handOver, commands, deps } = bot;
  if (decided.kind !== 'accepted') await answerDeclined(decided, exchange);
  else {
    const command = commands.get(decided.spec.name);
    if (handOver && !(await command?.isInline(decided, deps)))
      return handOverTo(handOver, { accepted: decided, stands: standsOf(decided.request, command) }, exchange, deps);
    await answerAccepted({ decided, arrived }, exchange, bot);
  }
  return false;
}

const standsOf = (request: Request, command: Command | undefined): Stands =>
  command?.live?.stands === 'private' && !request.share ? 'private' : 'channel';

/** `arrived`: the budget counts from there, so that reading groups and writing the audit log are part of it. */
export interface ToAnswer<Found extends Decided = Accepted> {
  readonly decided: Found;
  readonly arrived: number;
}

/** Carries out what was accepted, and answers it. */
export async function answerAccepted(
  { decided: accepted, arrived }: ToAnswer,
  exchange: Answering,
  bot: Talking,
): Promise<void> {
  const { responder } = exchange;
  const { deps, commands, signal } = bot;
  const { request } = accepted;
  const command = commands.get(accepted.spec.name);
  const stands = standsOf(request, command);
  const taken = Promise.withResolvers<void>();
  let early: Reply | undefined;
  let saying: Promise<void> | undefined;
  let acked = false;
  let latest: (() => Message) | undefined;
  let live: Promise<Live | undefined> | undefined;
  const unseen = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const show = async () => {
    timer = undefined;
    if (!latest) return;
    const message = latest();
    live ??= responder.startLive(message, stands).then((started) => {
      started?.gone.addEventListener('abort', () => unseen.abort());
      return started;
    });
    (await live)?.update(message);
  };
  const left = Math.max(0, deps.config.inlineBudgetMs - (performance.now() - arrived));
  const budget = setTimeout(taken.resolve, left);
  const answering = carryOut(accepted, bot, {
    signal,
    unseen: unseen.signal,
    progress(report) {
      latest = report;
      if (command?.live?.begins === 'at-once') taken.resolve();
      if (acked) timer ??= setTimeout(() => void show(), PACE_MS);
    },
    early(reply, when) {
      early = reply();
      if (when !== 'when-slow') taken.resolve();
      else if (acked) saying = deliverReply(early, request, exchange, bot);
    },
  });
  const inTime = await Promise.race([answering, taken.promise]);
  clearTimeout(budget);
  if (inTime) return deliver(inTime, exchange, bot);
  // A late host does not delay the answers of the others; the complete answer follows.
  const first = early;
  if (first) await deliverReply(first, request, exchange, bot);
  else await responder.working(stands);
  acked = true;
  if (early && early !== first) saying = deliverReply(early, request, exchange, bot);
  await show();
  const answer = await answering;
  await saying;
  clearTimeout(timer);
  const shown = await live;
  if (shown && (await shown.finish(messageOf(answer)))) return rememberQuestion(answer, shown.at, exchange, bot);
  await deliver(answer, exchange, bot);
}

/** A live message that ends with a question is the one to change when that is answered elsewhere. */
async function rememberQuestion(answer: Answer<Reply>, at: Live['at'], { place }: Answering, { board }: Talking) {
  const reply = answer.kind === 'result' ? answer.reply() : undefined;
  if (reply?.by === 'message' && reply.asks !== undefined)
    await board.asked(reply.asks, { ...at, thread: place.thread });
}

/** Delivers an answer the way its command declares. */
export async function deliver(answer: Answer<Reply>, exchange: Answering, bot: Talking): Promise<void> {
  if (answer.kind === 'result') return deliverReply(answer.reply(), answer.request, exchange, bot);
  await answerDeclined(answer, exchange);
}

async function deliverReply(
  reply: Reply,
  request: Answered<Reply>['request'],
  exchange: Answering,
  bot: Talking,
): Promise<void> {
  const { incoming, responder, place } = exchange;
  const isSilent = async () => {
    const { channel, thread, respondTo } = place;
    if (reply.by === 'form') return responder.open(reply.form({ channel, thread, respondTo }));
    // A person who clicks the card sees it change; one who typed, or clicked elsewhere, gets a message. A message that only
    // they see, such as the card's details, is elsewhere: the card may be far above it.
    const atTheCard = incoming.source === 'click' && !place.away && place.onOwn !== true;
    return reply.by === 'card' && (reply.told === 'nobody' || (reply.told === 'elsewhere' && atTheCard));
  };
  if (await isSilent()) return responder.silent();
  const said = reply.by === 'message' ? reply : reply.otherwise;
  const { board } = bot;
  const delivery = deliveryOf(said, request, exchange, bot);
  const ts = delivery.replace ? incoming.message : undefined;
  const replaced = ts === undefined ? undefined : board.replacing({ channel: place.channel, ts });
  const { at, isInPlace } = await responder.answer(said.message, delivery);
  if (said.asks !== undefined && at) await board.asked(said.asks, { ...at, thread: place.thread });
  await replaced?.(isInPlace ? said.message : undefined);
}

function deliveryOf(
  { kind, asks }: MessageReply,
  request: Request,
  { incoming, place }: Answering,
  { commands }: Talking,
): Delivery {
  const isChange = commands.get(request.command)?.spec.effect === 'change';
  const isPublic = kind === 'answer' || kind === 'decision';
  const inChannel = isPublic && (isChange || request.share);
  const takesOwn = kind === 'aside-own' || (kind === 'answer' && !inChannel);
  const replace = incoming.source === 'click' && (kind === 'decision' || (takesOwn && place.onOwn === true));
  return { inChannel, replace, refused: false, changesLater: asks !== undefined && inChannel };
}
