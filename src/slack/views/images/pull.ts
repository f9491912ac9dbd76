import { pull } from '../../../commands/images/pull.ts';
import { sayDuration } from '../../../domain/duration.ts';
import { saySize } from '../../../domain/size.ts';
import type { PullOutcome, PullReport, PullState } from '../../../handlers/images/pull.ts';
import { pull as handler } from '../../../handlers/images/pull.ts';
import type { Request } from '../../../handlers/request.ts';
import { sayCut } from '../../../registry/tags.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, someHosts } from '../parts/over-hosts.ts';
import { builtWords, signedWords } from '../parts/signed.ts';
import { stopButton } from '../parts/stop-button.ts';

export function pullView(result: PullOutcome, request: Request): Message {
  const done = result.hosts.map(({ host, pulled, ms }) => {
    const what = pulled.downloaded ? 'pulled' : 'already up to date';
    const line = `:white_check_mark: *${host}*: ${what} in ${ms < 1000 ? `${ms} ms` : sayDuration(ms)} · ${saySize(pulled.bytes)} · ${pulled.os}/${pulled.arch}`;
    return { name: host, line, id: inline(pulled.digest ?? pulled.imageId) };
  });
  // Hosts of one platform have the same digest, which is then said once.
  const ids = new Set(done.map(({ id }) => id));
  const entries = ids.size > 1 ? done.map(({ line, id, name }) => ({ name, line: `${line}\n${id}` })) : done;
  const near =
    result.nearTags.length > 0
      ? [
          section(
            `Tags there are: ${result.nearTags.map((tag) => inline(tag)).join(', ')}.${sayCut({ cut: result.tagsCut })}`,
          ),
        ]
      : result.nearRepository === undefined
        ? []
        : [section(`Did you mean ${inline(result.nearRepository)}? That repository is known here.`)];
  const warnings = result.warnings.map((text) => context(`:information_source: ${prose(text)}`));
  const names = (hosts: readonly { readonly host: string }[]) => someHosts(hosts.map(({ host }) => host));
  const failed = result.failures.length > 0 ? `Not pulled on ${names(result.failures)}` : '';
  const verdict =
    failed === '' ? 'Pulled' : result.hosts.length === 0 ? 'Not pulled' : `Pulled on ${names(result.hosts)} only`;
  const on = result.hosts.length === 0 ? '' : ` on ${names(result.hosts)}`;
  return {
    text: failed === '' ? `Pulled ${result.image}${on}` : `${failed}: ${result.image}`,
    blocks: [
      section(`*${verdict}*: ${inline(result.image)} for <@${request.person}>`),
      ...listed(entries, (count) => plural(count, 'more host')),
      ...[...ids].slice(0, ids.size === 1 ? 1 : 0).map((id) => section(id)),
      ...failureBlocks(result.failures),
      ...(result.signed ? [context([signedWords(result.signed), ...builtWords(result.signed)].join('\n'))] : []),
      ...near,
      ...warnings,
      ...closing([], result),
    ],
  };
}

export function pullProgress(report: PullReport, request: Request): Message {
  return {
    text: `Pulling ${report.image} on ${someHosts(report.hosts.map((host) => host.host))}`,
    blocks: [
      section(`*Pulling* ${inline(report.image)} for <@${request.person}>`),
      ...listed(
        report.hosts
          .toSorted((a, b) => RANK[a.state] - RANK[b.state])
          .map((one) => ({ name: one.host, line: progressLine(one) })),
        (count) => plural(count, 'more host'),
      ),
      ...stopButton(request.id),
    ],
  };
}

/** Of many hosts, those that failed are seen first, and those that are done last. */
const RANK = { failed: 0, pulling: 1, waiting: 2, done: 3 } as const;

function progressLine(state: PullState): string {
  if (state.state === 'waiting') return `:hourglass_flowing_sand: *${state.host}*: starting`;
  if (state.state === 'done') return `:white_check_mark: *${state.host}*: done`;
  if (state.state === 'failed') return `:warning: *${state.host}*: ${prose(state.failure.summary)}`;
  const { layersDone, layersTotal, bytesDone, bytesTotal, status } = state.progress;
  const bytes = bytesTotal > 0 ? `, ${saySize(bytesDone)} of ${saySize(bytesTotal)}` : '';
  return `:arrow_down: *${state.host}*: ${layersDone} of ${plural(layersTotal, 'layer')}${bytes} · ${plain(status)}`;
}

export const pullCommand = command({
  spec: pull,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(pullView(result, request)),
  progress: { view: pullProgress, stands: 'channel', begins: 'when-slow' },
  approval: 'none',
});
