import type { KnownBlock } from '@slack/types';
import type { Page } from '../../handlers/paged.ts';
import type { HostFailure, Request, Timed } from '../../handlers/types.ts';
import { buttons, context, type Press, section } from '../blocks.ts';
import { clock, inline, prose } from '../text.ts';

/** What a host did not do: what happened, what the engine said, what to try. */
export function failureBlocks(failures: readonly HostFailure[]): KnownBlock[] {
  const shown = failures.slice(0, 8).map((failure) => {
    const said =
      failure.engineSaid === '' || failure.summary.includes(failure.engineSaid)
        ? ''
        : `\nThe engine said: ${inline(failure.engineSaid, 300)}`;
    return section(`:warning: *${failure.host}*: ${prose(failure.summary)}${said}\n→ ${prose(failure.tryThis)}`);
  });
  const rest = failures.slice(8).map((failure) => failure.host);
  return rest.length === 0
    ? shown
    : [...shown, section(`:warning: Nor did ${rest.map((host) => `*${host}*`).join(', ')}.`)];
}

/** The same for a lock screen: who gave nothing, and whether there is more to come. */
export function withoutHosts(failures: readonly HostFailure[]): string {
  const late = failures.filter(({ awaited }) => awaited).map(({ host }) => host);
  const failed = failures.filter(({ awaited }) => !awaited).map(({ host }) => host);
  return [
    failed.length > 0 ? `; nothing from ${failed.join(', ')}` : '',
    late.length > 0 ? `; still waiting for ${late.join(', ')}` : '',
  ].join('');
}

/** The last line of every reply over hosts: totals, when, how long. */
export function closing(facts: readonly string[], timed: Timed): KnownBlock {
  return context([...facts, clock(timed.at), `${timed.ms} ms`].join(' · '));
}

/** The same line with another page, or shared. */
export function withOption(line: string, option: string, value?: string): string {
  const words = line.split(' ');
  const name = `--${option}`;
  const isOld = (word: string, at: number) =>
    at > 0 &&
    (value === undefined
      ? word === name
      : word.startsWith(`${name}=`) || word === name || (at > 1 && words[at - 1] === name));
  const without = words.filter((word, at) => !isOld(word, at)).join(' ');
  return `${without} --${option}${value === undefined ? '' : ` ${value}`}`;
}

/** Which page it is, where there are several or another was asked for. */
export function whichPage({ page, pages, asked }: Page<unknown>): string[] {
  const none = asked > page ? ` (there is no ${asked})` : '';
  return pages > 1 || none !== '' ? [`page ${page} of ${pages}${none}`] : [];
}

export function pageAndShare(request: Request, page?: { readonly page: number; readonly pages: number }): KnownBlock[] {
  const presses: Press[] = [];
  if (page && page.page > 1)
    presses.push({ label: '‹ Back', line: withOption(request.line, 'page', String(page.page - 1)) });
  if (page && page.page < page.pages)
    presses.push({ label: 'More ›', line: withOption(request.line, 'page', String(page.page + 1)) });
  if (!request.share) presses.push({ label: 'Share', line: withOption(request.line, 'share') });
  return buttons(presses);
}
