import { messageOf } from '../../domain/errors.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { AuditEntry } from '../../store/audit-records.ts';
import type { Unanswered } from '../../store/deliveries.ts';
import { inContext } from '../../telemetry.ts';
import { markAnswered } from '../cards/card-spots.ts';
import type { SlackApi } from '../client/client.ts';
import { respondAt } from '../client/respond-at.ts';
import { inWords } from '../reply/in-words.ts';
import { type AboutDeps, aboutApproval, closeCutOff } from './about-approval.ts';
import { approvalNotice, isForChannel } from './approval-notice.ts';
import { Asked } from './asked.ts';
import { inTurn } from './in-turn.ts';
import { type OnRecord, unansweredView } from './notice.ts';
import { recordsOf, STOPPED } from './records.ts';
import { STATE_COMMANDS } from './state-commands.ts';
import { inThread, waysToChannel, waysToPerson } from './ways.ts';

export type TellingDeps = AboutDeps & Pick<Deps, 'config' | 'specs'>;

/**
 * Tells a person that their request was not answered, where they asked, in the place of "Working on it". Nothing is carried
 * out again. Resolves when they were told, or cannot be; rejects where it is worth another try.
 */
export async function tellUnanswered(one: Unanswered, { client }: Pick<SlackApi, 'client'>, deps: TellingDeps) {
  const { log } = deps;
  const read = Asked.safeParse(one.asked);
  if (!read.success) return log.error({ delivery: one.ts }, 'What was asked cannot be read: nobody is told');
  const { data: asked } = read;
  await inContext({ request: asked.request }, () => tell(asked, one, client, deps));
}

async function tell(asked: Asked, one: Unanswered, client: SlackApi['client'], deps: TellingDeps): Promise<void> {
  const { log, specs } = deps;
  const found = await onRecord(asked, one.at, deps);
  const { request, line, command } = asked;
  const isChange = specs.find(({ name }) => name === command)?.effect === 'change';
  const shows = STATE_COMMANDS[command ?? ''];
  // What changes something is on record before its answer is shown.
  const mayBeAnswered = !isChange && found.kind === 'interrupted' && asked.mayBeAnswered === true;
  const unanswered = { request, line, isChange, mayBeAnswered, shows, at: one.at };
  const about = await aboutApproval(asked, found, deps);
  if (about?.standing === 'on-card') return;
  if (about?.standing === 'cut-off') await closeCutOff(about, deps);
  const message = about ? approvalNotice(about, unanswered, found) : unansweredView(unanswered, found);
  const isPublic = about !== undefined && isForChannel(about.standing);
  // What is there may be the answer itself, or the message that asks for approval.
  const replaces = asked.replaces && found.kind !== 'ended' && !mayBeAnswered && (about?.isOwn ?? true);
  const ways = isPublic ? waysToChannel(asked, one, client) : waysToPerson({ ...asked, replaces }, one, client);
  const isTold = await inTurn(ways, (way) => inWords(message, deps, way), deps);
  // It shows how that ended, and not that it was approved.
  if (isTold && isPublic && asked.message !== undefined)
    await markAnswered({ channel: asked.channel, ts: asked.message }, deps);
  if (isTold && asked.live && replaces && asked.respondTo !== undefined) await takeBack(asked.respondTo, deps);
  // A message that is changed notifies nobody.
  if (isTold && isPublic && found.kind === 'interrupted')
    await inTurn([inThread(asked, client)], (way) => inWords(message, deps, way), deps);
  if (isTold) log.warn({ command, found: found.kind }, 'A request was not answered: its person was told');
}

/** "Working on it" goes: the live message says more. */
async function takeBack(respondTo: string, { log }: TellingDeps): Promise<void> {
  await respondAt(respondTo)({ text: '', delete_original: true }).catch((error: unknown) =>
    log.warn({ err: messageOf(error) }, '"Working on it" could not be removed'),
  );
}

/** What the audit log has of a request. One that was cut off is ended there. */
async function onRecord(asked: Asked, at: number, { store, now }: TellingDeps): Promise<OnRecord> {
  const { person, request } = asked;
  const own = await recordsOf(asked, at, store);
  const outcome = own.find(({ kind }) => kind === 'outcome');
  // Told before: the one who told it was stopped too.
  if (outcome) return outcome.reason === STOPPED ? { kind: 'interrupted' } : { kind: 'ended', outcome };
  const decision = own.find(({ kind }) => kind === 'decision');
  if (!decision) return { kind: 'not-started' };
  if (decision.decision === 'deny') return { kind: 'denied' };
  const { team, channel, source, command, line, hosts, operator } = decision;
  const ended: AuditEntry = {
    at: now(),
    kind: 'outcome',
    request,
    person,
    channel,
    team,
    source,
    command,
    line,
    hosts,
    ...(operator === undefined ? {} : { operator }),
    outcome: 'failed',
    reason: STOPPED,
    detail: 'the process was stopped; it may have been done in part',
  };
  await store.audit.append(ended);
  return { kind: 'interrupted' };
}
