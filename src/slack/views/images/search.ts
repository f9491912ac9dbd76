import type { SearchArgs } from '../../../commands/images/search.ts';
import { search } from '../../../commands/images/search.ts';
import { sayFilters } from '../../../commands/language/filters.ts';
import { search as handler, type SearchResult, type SearchRow } from '../../../handlers/images/search.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, type Press, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { type Column, closing, pageAndShare, rowsTable, whichPage } from '../parts/over-hosts.ts';

/** Characters of a description, as `docker search` cuts it. */
const SHORT = 45;
const NAMES = 300;

export function searchView(result: SearchResult, request: Request<SearchArgs>): Message {
  const { noTrunc } = request.args;
  const columns: readonly Column<SearchRow>[] = [
    { head: 'NAME', of: ({ name, isAllowed }) => (isAllowed ? name : `${name} (not allowed)`) },
    { head: 'STARS', of: ({ stars }) => (stars === undefined ? '' : String(stars)) },
    { head: 'OFFICIAL', of: ({ isOfficial }) => (isOfficial ? '[OK]' : '') },
    { head: 'DESCRIPTION', of: ({ description }) => (noTrunc ? description : cut(description, SHORT)) },
  ];
  const text = verdictOf(result, request);
  return {
    text: text.replace(/[*`]/gu, ''),
    blocks: [
      section(text),
      ...rowsTable(columns, result.rows, { right: [1], wrapped: [0, 3] }),
      ...(result.rows.some(({ isAllowed }) => !isAllowed)
        ? [context('(not allowed): the config does not let that image onto its hosts.')]
        : []),
      ...notSearched(result),
      ...(result.cut.length > 0
        ? [context(`There is more in ${named(result.cut, NAMES)}: search for more of the name, or use \`--limit\`.`)]
        : []),
      ...closing([], result, whichPage(result)),
      ...pageAndShare(request, result, result.mayListTags ? tagsPresses(result.rows) : []),
    ],
  };
}

function verdictOf({ total, term, searched, notSearched }: SearchResult, { args }: Request<SearchArgs>): string {
  const filters = args.filter.length === 0 ? '' : ` with ${inline(sayFilters(args.filter))}`;
  const what = `${inline(term)}${filters}`;
  if (searched.length === 0) return `Not searched for ${what}: no registry gave an answer`;
  const silent = notSearched.map(({ registry }) => registry);
  const where = `in ${named(searched, NAMES)}${silent.length > 0 ? `; ${named(silent, NAMES)} could not be searched` : ''}`;
  return `*${total === 0 ? 'No repository' : plural(total, 'repository', 'repositories')}* for ${what} ${where}`;
}

function tagsPresses(rows: readonly SearchRow[]): Press[] {
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const alike = Map.groupBy(rows, ({ name }) => last(name));
  return rows.map(({ name }) => {
    const label = alike.get(last(name))?.length === 1 ? last(name) : name;
    return { label: `Tags of ${cut(label, 55)}`, line: `/dock tags ${name}` };
  });
}

function notSearched({ notSearched: left }: SearchResult) {
  const entries = left.map(({ registry, cause, tryThis }) => ({
    name: registry,
    line: `:warning: ${prose(cause)}\n→ ${mrkdwn(tryThis)}`,
  }));
  return listed(entries, (count) => plural(count, 'more registry', 'more registries'));
}

export const searchCommand = command({
  spec: search,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(searchView(result, request)),
  progress: 'none',
  approval: 'none',
});
