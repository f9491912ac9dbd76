import { push } from '../../../commands/images/push.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import { saySize } from '../../../domain/size.ts';
import { push as handler } from '../../../handlers/images/push.ts';
import { pushApproval } from '../../../handlers/images/pushing/approval.ts';
import { replacedByPush } from '../../../handlers/images/pushing/replaced.ts';
import type { PushAsked, Pushed, PushOutcome, PushReport } from '../../../handlers/images/pushing/types.ts';
import type { Request } from '../../../handlers/request.ts';
import { buttons, context, type Message, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { approvable, command } from '../../command.ts';
import { answer, decision, question } from '../../reply/reply.ts';
import { answerButtons, whoApproves } from '../parts/asking.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing } from '../parts/over-hosts.ts';
import { stopButton } from '../parts/stop-button.ts';
import { unseenBlocks } from '../parts/unseen.ts';
import { byWhom, short } from './by-whom.ts';

export function pushView(result: PushOutcome, request: Request): Message {
  return result.kind === 'push-asked' ? askedView(result, request) : pushedView(result);
}

/** What became of a push, and what the registry has now. */
export function pushedView(result: Pushed): Message {
  const { state, from, before, failures, warnings, back } = result;
  const { registry, ...name } = parseReference(result.target);
  const image = familiar({ registry, ...name });
  const verdict = { pushed: 'Pushed', unchanged: 'Unchanged', failed: 'Not pushed' }[state];
  return {
    text: state === 'failed' ? `Not pushed: ${image}` : `${verdict} ${image} from ${from}`,
    blocks: [
      section(`*${verdict}*: ${inline(image)} from *${from}*`),
      section(nowLine(result, registry)),
      ...(state === 'pushed' ? [context(`${beforeLine(before)} · ${uploadedLine(result)}`)] : []),
      ...failureBlocks(failures),
      ...unseenBlocks(result.unseen, 'image'),
      ...warnings.map((warning) => context(`:warning: ${mrkdwn(warning)}`)),
      ...closing([], result, [byWhom(result)]),
      ...buttons(back === undefined ? [] : [{ label: `Set back to ${short(before ?? undefined)}`, line: back }]),
    ],
  };
}

function nowLine({ state, now, before }: Pushed, registry: string): string {
  if (now === undefined) return `:grey_question: ${plain(registry)} does not say what it has under this tag now.`;
  if (now === null) return `${plain(registry)} has nothing under this tag.`;
  if (state === 'unchanged')
    return `:white_check_mark: ${plain(registry)} already has ${inline(now)}. Nothing was pushed.`;
  if (state === 'failed')
    return now === before
      ? `${plain(registry)} still has ${inline(now)}.`
      : `:warning: ${plain(registry)} has ${inline(now)} now, although the push failed.`;
  return `:white_check_mark: ${plain(registry)} has ${inline(now)}`;
}

const beforeLine = (before: string | null) => (before === null ? 'new tag' : `before: ${inline(short(before))}`);

const uploadedLine = ({ uploaded }: Pushed) => (uploaded ? 'new layers were sent' : 'the registry had every layer');

function askedView(
  {
    plan,
    id,
    hash,
    from,
    expiresAt,
    unseen,
  }: Pick<PushAsked, 'expiresAt' | 'from' | 'hash' | 'id' | 'plan' | 'unseen'>,
  { person }: Pick<Request, 'person'>,
): Message {
  const image = familiar(parseReference(plan.target));
  const why = replacedByPush(plan);
  const isReplaced = why.length > 0;
  return {
    text: `<@${person}> asks to push ${image} from ${plan.from}`,
    blocks: [
      section(`*Push ${inline(image)}?* From *${plan.from}*, requested by <@${person}>.`),
      ...(isReplaced ? [section(why.map((one) => `:warning: ${prose(one)}`).join('\n'))] : []),
      section(
        plan.before === null
          ? `a new tag in the registry\nfor the image ${inline(short(plan.imageId))}`
          : `from ${inline(short(plan.before))}\nto the image ${inline(short(plan.imageId))}`,
      ),
      ...unseenBlocks(unseen, 'image'),
      context(`${whoApproves({ from, expiresAt })} Plan ${hash.slice(0, 8)}.`),
      ...answerButtons(id, { style: isReplaced ? 'danger' : 'primary' }),
    ],
  };
}

export function pushProgress({ id, image, host, progress }: PushReport): Message {
  const { layersDone = 0, layersTotal = 0, bytesDone = 0, bytesTotal = 0, status = '' } = progress ?? {};
  const bytes = bytesTotal > 0 ? `, ${saySize(bytesDone)} of ${saySize(bytesTotal)}` : '';
  const how = progress ? `${layersDone} of ${plural(layersTotal, 'layer')}${bytes} · ${plain(status)}` : 'starting';
  return {
    text: `Pushing ${image} from ${host}`,
    blocks: [section(`*Pushing* ${inline(image)}`), section(`:arrow_up: *${host}*: ${how}`), ...stopButton(id)],
  };
}

export const pushCommand = command({
  spec: push,
  handler,
  delivery: ['message'],
  view(result, request) {
    const message = pushView(result, request);
    return result.kind === 'push-asked' ? question(result.id, message) : answer(message);
  },
  progress: { view: pushProgress, stands: 'channel', begins: 'when-slow' },
  approval: approvable(
    pushApproval,
    { asked: (plan, open) => askedView({ plan, ...open }, open), reply: (result) => decision(pushedView(result)) },
    pushProgress,
  ),
});
