import { inContext } from '../../telemetry.ts';
import type { SlackApi } from '../client/client.ts';
import type { Correct } from '../listeners/intake.ts';
import { inWords } from '../reply/in-words.ts';
import { aboutApproval } from './about-approval.ts';
import { endedNotice } from './approval-notice.ts';
import { Asked } from './asked.ts';
import { inTurn } from './in-turn.ts';
import { recordsOf, STOPPED } from './records.ts';
import type { TellingDeps } from './tell.ts';
import { inThread } from './ways.ts';

/**
 * Corrects the note in the thread of a change: another process said there that it was interrupted, and its own process had only
 * stood still. What other people were told is corrected by the answer itself, which comes after it or takes its place.
 */
export async function tellEnded(
  { asked: given, at }: Parameters<Correct>[0],
  { client }: Pick<SlackApi, 'client'>,
  deps: TellingDeps,
): Promise<void> {
  const read = Asked.safeParse(given);
  if (!read.success) return;
  const { data: asked } = read;
  await inContext({ request: asked.request }, async () => {
    const outcomes = (await recordsOf(asked, at, deps.store)).filter(({ kind }) => kind === 'outcome');
    const outcome = outcomes.find(({ reason }) => reason !== STOPPED);
    if (!outcome || !outcomes.some(({ reason }) => reason === STOPPED)) return;
    const about = await aboutApproval(asked, { kind: 'ended', outcome }, deps);
    if (about?.standing !== 'carried-out') return;
    const message = endedNotice(about, outcome);
    await inTurn([inThread(asked, client)], (way) => inWords(message, deps, way), deps);
    deps.log.info({ command: asked.command }, 'A change that was said to be interrupted has ended: its thread says so');
  });
}
