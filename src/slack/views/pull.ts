import { sayDuration } from '../../commands/duration.ts';
import { saySize } from '../../commands/size.ts';
import type { PullOutcome, PullReport, PullState } from '../../handlers/pull.ts';
import type { Request } from '../../handlers/types.ts';
import { sayCut } from '../../registry/tags.ts';
import { context, type Message, section } from '../blocks.ts';
import { inline, plain, plural, prose } from '../text.ts';
import { closing, failureBlocks } from './over-hosts.ts';

export function pullView(result: PullOutcome, request: Request): Message {
  const done = result.hosts.map(({ host, pulled, ms }) => {
    const what = pulled.downloaded ? 'pulled' : 'already up to date';
    return section(
      `:white_check_mark: *${host}*: ${what} in ${ms < 1000 ? `${ms} ms` : sayDuration(ms)} · ${saySize(pulled.bytes)} · ${pulled.os}/${pulled.arch}\n${inline(pulled.digest ?? pulled.imageId)}`,
    );
  });
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
  const names = (hosts: readonly { readonly host: string }[]) => hosts.map(({ host }) => host).join(', ');
  const failed = result.failures.length > 0 ? [`not pulled on ${names(result.failures)}`] : [];
  const on = [...(result.hosts.length > 0 ? [`pulled on ${names(result.hosts)}`] : []), ...failed].join(', ');
  return {
    text: `${result.image} ${on}`,
    blocks: [
      section(`*Pull* ${inline(result.image)} for <@${request.person}>`),
      ...done,
      ...failureBlocks(result.failures),
      ...near,
      ...warnings,
      closing([], result),
    ],
  };
}

export function pullProgress(report: PullReport, request: Request): Message {
  return {
    text: `Pulling ${report.image} on ${report.hosts.map((host) => host.host).join(', ')}`,
    blocks: [
      section(`*Pull* ${inline(report.image)} for <@${request.person}>`),
      section(report.hosts.map(progressLine).join('\n')),
    ],
  };
}

function progressLine(state: PullState): string {
  if (state.state === 'waiting') return `:hourglass_flowing_sand: *${state.host}*: starting`;
  if (state.state === 'done') return `:white_check_mark: *${state.host}*: done`;
  if (state.state === 'failed') return `:warning: *${state.host}*: ${prose(state.failure.summary)}`;
  const { layersDone, layersTotal, bytesDone, bytesTotal, status } = state.progress;
  const bytes = bytesTotal > 0 ? `, ${saySize(bytesDone)} of ${saySize(bytesTotal)}` : '';
  return `:arrow_down: *${state.host}*: ${layersDone} of ${plural(layersTotal, 'layer')}${bytes} · ${plain(status)}`;
}
