import type { KnownBlock } from '@slack/types';
import type { TagsArgs } from '../../../commands/images/tags.ts';
import { tags } from '../../../commands/images/tags.ts';
import { sayAge } from '../../../domain/duration.ts';
import { saySize } from '../../../domain/size.ts';
import { tags as handler, type TagRow, type TagsResult } from '../../../handlers/images/tags.ts';
import type { Request } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { context, type Message, type Press, section, sectionWith } from '../../block-kit/message.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare, someHosts, whichPage, withoutHosts } from '../parts/over-hosts.ts';

const MOST_PLATFORMS = 120;
/** Characters of a digest that is not shown whole, as docker shows them. */
const SHORT = 19;

export function tagsView(result: TagsResult, request: Request<TagsArgs>): Message {
  const verdict = verdictOf(result);
  return {
    text: `${verdict.replace(/[*`]/gu, '')}${withoutHosts(result.failures)}`,
    blocks: [
      section(verdict),
      ...(result.isAllowed ? [] : [context(':no_entry: The config does not allow this image onto its hosts.')]),
      ...rowBlocks(result, request),
      ...commonText(result),
      ...(result.rows.length === 0 ? [section(none(result))] : []),
      ...(result.cut ? [context('The repository has more tags than were read, so there may be newer ones.')] : []),
      ...failureBlocks(result.failures),
      ...closing([], result, [countsOf(result), ...whichPage(result)]),
      ...pageAndShare(request, result, extras(result)),
    ],
  };
}

/** The newest release, and what runs: read alone on a lock screen. */
function verdictOf({ repository, newest, running, rows, filter }: TagsResult): string {
  const name = inline(repository);
  const release = newest === undefined ? '' : `newest release *${plain(newest)}*`;
  const byTag = Map.groupBy(
    running,
    ({ tag, digests }) => tag ?? digests[0]?.slice(0, SHORT) ?? 'a version without a name',
  );
  const runs = [...byTag].map(
    ([tag, on]) => `${inline(tag, 60)} on ${someHosts([...new Set(on.map(({ host }) => host))])}`,
  );
  const facts = [...(release === '' ? [] : [release]), ...(runs.length > 0 ? [`running ${named(runs, 600)}`] : [])];
  if (facts.length > 0) return `${name}: ${facts.join(' · ')}`;
  return rows.length === 0 && filter === undefined ? `${name} has no tags` : `${name}: no release`;
}

function rowBlocks(result: TagsResult, request: Request<TagsArgs>): KnownBlock[] {
  const firstOther = result.rows.findIndex(({ kind }) => kind === 'moving');
  return result.rows.flatMap((row, index) => [
    ...(index === firstOther ? [context('Not semantic versions:')] : []),
    sectionWith(rowText(row, result, request), pressOf(row, result), index),
  ]);
}

const markOf = ({ kind, isVariant }: TagRow) => (kind !== 'prerelease' ? [] : [isVariant ? 'variant' : 'pre-release']);

function rowText(row: TagRow, result: TagsResult, { args }: Request<TagsArgs>): string {
  const { detail } = row;
  const head = [`*${plain(row.tag)}*`, ...markOf(row), ...runsText(row)].join(' · ');
  if (detail === undefined) return `${head}\n:warning: ${prose(row.problem ?? 'Not read.')}`;
  const { date, bytes, sizeOf, platforms, digest, signature } = detail;
  const common = commonOf(result);
  const facts = [
    date === undefined ? 'no date' : `${date.of} ${sayAge(result.at - date.at).toLowerCase()}`,
    ...(bytes === undefined ? [] : [`${saySize(bytes)}${sizeOf === undefined ? '' : ` (${sizeOf})`}`]),
    ...(common.platforms || platforms.length === 0 ? [] : [named(platforms, MOST_PLATFORMS)]),
    digest === undefined ? 'digest unknown' : inline(digest.slice(0, args.noTrunc ? undefined : SHORT)),
    ...(common.signature ? [] : [SIGNATURES[signature]]),
    ...scanText(detail.scan),
  ];
  return `${head}\n${facts.join(' · ')}`;
}

/** What all rows of a page share is said once. */
function commonOf({ rows }: TagsResult): {
  readonly platforms: string | undefined;
  readonly signature: string | undefined;
} {
  const details = rows.flatMap(({ detail }) => detail ?? []);
  const only = (texts: readonly string[]) => (details.length > 1 && new Set(texts).size === 1 ? texts[0] : undefined);
  return {
    platforms: only(details.map(({ platforms }) => named(platforms, MOST_PLATFORMS))),
    signature: only(details.map(({ signature }) => SIGNATURES[signature])),
  };
}

function commonText(result: TagsResult): KnownBlock[] {
  const { platforms, signature } = commonOf(result);
  const facts = [...(platforms ? [platforms] : []), ...(signature ? [signature] : [])];
  return facts.length === 0 ? [] : [context(`All of these: ${facts.join(' · ')}`)];
}

/** Nobody has verified a signature here. */
const SIGNATURES = { present: 'signature present', absent: 'no signature', unknown: 'signature unknown' } as const;

function runsText({ runs }: TagRow): string[] {
  const on = (state: TagRow['runs'][number]['state']) => {
    const hosts = [...new Set(runs.filter((run) => run.state === state).map(({ host }) => host))];
    return hosts.length === 0 ? undefined : someHosts(hosts);
  };
  const [same, moved, unknown] = [on('same'), on('moved'), on('unknown')];
  return [
    ...(same === undefined ? [] : [`:large_green_circle: runs on ${same}`]),
    ...(moved === undefined ? [] : [`:warning: another image runs under this tag on ${moved}`]),
    ...(unknown === undefined ? [] : [`runs on ${unknown}, perhaps another image`]),
  ];
}

function scanText(scan: NonNullable<TagRow['detail']>['scan']): string[] {
  if (scan === undefined) return [];
  if (scan.status !== 'success') return [`scan: ${plain(scan.status.replaceAll('_', ' '))}`];
  if (scan.counts.length === 0) return ['scan: nothing found'];
  return [`scan: ${scan.counts.map(({ severity, count }) => `${count} ${severity}`).join(', ')}`];
}

/** The step that is nearest: deploying where a service takes the image, else pulling. */
function pressOf({ tag, runs }: TagRow, { may, repository }: TagsResult): Press | undefined {
  if (may.deploy !== undefined) {
    const { service, hosts } = may.deploy;
    if (hosts.every((host) => runs.some((run) => run.host === host && run.state === 'same'))) return undefined;
    const confirm = { title: `Deploy ${service} ${tag}?`, text: `On ${someHosts(hosts)}.`, yes: 'Deploy' };
    return { label: 'Deploy', line: `/deploy ${service} ${tag}`, confirm };
  }
  return may.pull ? { label: 'Pull', line: `/pull ${repository}:${tag}` } : undefined;
}

/** For the newest release of the page, what has no button beside it. */
function extras({ rows, may, repository }: TagsResult): Press[] {
  const row = rows.find(({ kind }) => kind === 'release') ?? rows[0];
  if (row === undefined) return [];
  return [
    ...(may.scan ? [{ label: `Scan ${row.tag}`, line: `/scan ${repository}:${row.tag}` }] : []),
    ...(may.pull && may.deploy !== undefined
      ? [{ label: `Pull ${row.tag}`, line: `/pull ${repository}:${row.tag}` }]
      : []),
  ];
}

function countsOf({ counts, filter }: TagsResult): string {
  const { versions, others } = counts;
  const parts = [
    ...(versions > 0 ? [plural(versions, 'version')] : []),
    ...(others > 0 ? [plural(others, 'other tag')] : []),
  ];
  const all = parts.length === 0 ? 'no tags' : parts.join(', ');
  return filter === undefined ? all : `${all} for ${inline(filter)}`;
}

function none({ filter, nearTags }: TagsResult): string {
  if (filter === undefined) return 'The repository has no tags.';
  const near = nearTags.length === 0 ? '' : ` Tags there are: ${nearTags.map((tag) => inline(tag)).join(', ')}.`;
  return `No tag matches ${inline(filter)}.${near}`;
}

export const tagsCommand = command({
  spec: tags,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(tagsView(result, request)),
  progress: 'none',
  approval: 'none',
});
