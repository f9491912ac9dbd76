import type { TagsArgs } from '../../commands/images/tags.ts';
import { matchesStars } from '../../domain/glob.ts';
import { familiar, parseReference } from '../../domain/reference.ts';
import { kindOfTag, type TagKind } from '../../domain/release.ts';
import { closest, isVariant, newestFirst } from '../../domain/version.ts';
import { createPace } from '../../paced/pace.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { type DetailsQuery, readDetail } from '../../registry/catalogue/details.ts';
import { listTags } from '../../registry/catalogue/tag-names.ts';
import type { TagDetail } from '../../registry/catalogue/types.ts';
import { RegistryError } from '../../registry/errors.ts';
import { explainRegistry } from '../../registry/explain.ts';
import { permitted } from '../access/permitted.ts';
import { deployableHere } from '../deploy/planning/form.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import { type Page, paged } from '../paged.ts';
import type { Request, Timed } from '../request.ts';
import { whyNoTags } from './find/no-tags.ts';
import { type RunningVersion, runningVersions, runsOf, type TagRun } from './find/running.ts';
import { type TagsTarget, tagsTarget } from './find/target.ts';

export interface TagRow {
  readonly tag: string;
  readonly kind: TagKind;
  /** Built on another base: `1.27.0-alpine`. Semantic versioning calls that a pre-release too. */
  readonly isVariant: boolean;
  /** Undefined where the registry did not give it in time, or refused; `problem` says why. */
  readonly detail: TagDetail | undefined;
  readonly problem: string | undefined;
  readonly runs: readonly TagRun[];
}

export interface TagsResult extends Timed, Page<TagRow> {
  /** As docker writes it. */
  readonly repository: string;
  /** The pattern that tags were filtered by. */
  readonly filter: string | undefined;
  /** Tags that match: semantic versions, and others. */
  readonly counts: { readonly versions: number; readonly others: number };
  /** The newest release of the whole repository. */
  readonly newest: string | undefined;
  /** The repository has more tags than were read. */
  readonly cut: boolean;
  readonly running: readonly RunningVersion[];
  /** Real tags near a pattern that none matches. */
  readonly nearTags: readonly string[];
  readonly isAllowed: boolean;
  readonly may: TagActions;
}

/** What the person may do with a tag here. */
export interface TagActions {
  /** The service of this repository that they may deploy, where it is one. */
  readonly deploy: { readonly service: string; readonly hosts: readonly string[] } | undefined;
  readonly pull: boolean;
  readonly scan: boolean;
}

export const TAG_ROWS = 10;
/** Milliseconds for the list of tags, and for the details of a page; hosts are waited for no longer than the list. */
const LIST_MS = 10_000;
const DETAILS_MS = 8000;
const HOSTS_MS = 5000;
/** Clocks differ; a date further ahead is none. */
const MOST_AHEAD_MS = 86_400_000;

type TagsDeps = Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'registries' | 'specs'>;

export const tags = handler<TagsArgs, TagsResult>()(
  ['config', 'hosts', 'now', 'redact', 'registries', 'specs'],
  async (request, deps, run) => {
    const { args } = request;
    const target = tagsTarget(args.repository, deps.config, servicesSeen(request, deps.config));
    const { repository } = target;
    const filter = args.filter ?? target.tag;
    const listed = within(run.signal, LIST_MS);
    const [names, found, hosts] = await Promise.all([
      listTags(deps.registries, repository, listed).catch(async (error) => {
        throw await whyNoTags(error, { repository, request }, deps, run.signal);
      }),
      deps.registries.kind(repository.registry, listed).catch(() => undefined),
      deps.hosts.each(request.hosts, (engine, host) => runningVersions({ engine, host }, repository, run.signal), {
        signal: run.signal,
        deadlineMs: HOSTS_MS,
      }),
    ]);
    const { values, failures } = settle(hosts, deps.redact);
    const running = values.flatMap(({ value }) => value);
    const sorted = await newestFirst(names.tags);
    const matching = filter === undefined ? sorted : sorted.filter((tag) => matchesStars(filter, tag));
    const others = await countOthers(matching);
    const page = paged(matching, args.page, TAG_ROWS);
    const query = { reference: repository, kind: found?.kind, names, signal: within(run.signal, DETAILS_MS) };
    const rows = await Promise.all(page.rows.map((tag) => rowOf(tag, { query, running }, deps)));
    return {
      ...timed(request, deps.now(), failures),
      ...page,
      rows,
      repository: familiar(repository),
      filter,
      counts: { versions: matching.length - others, others },
      newest: sorted.find((tag) => kindOfTag(tag) === 'release'),
      cut: names.cut,
      running,
      nearTags: filter !== undefined && matching.length === 0 ? await closest(filter.replaceAll('*', ''), sorted) : [],
      isAllowed: target.isAllowed,
      may: actionsOf(target, request, deps),
    };
  },
);

/** Tags that are no versions. Of twenty thousand tags, with pauses for the event loop. */
async function countOthers(tags: readonly string[]): Promise<number> {
  const pace = createPace();
  let count = 0;
  for (const tag of tags) {
    if (kindOfTag(tag) === 'moving') count += 1;
    await pace();
  }
  return count;
}

const within = (signal: AbortSignal, ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);

interface PageFacts {
  readonly query: DetailsQuery;
  readonly running: readonly RunningVersion[];
}

async function rowOf(tag: string, { query, running }: PageFacts, deps: TagsDeps): Promise<TagRow> {
  const { detail, problem } = await detailOf(tag, query, deps);
  return {
    tag,
    kind: kindOfTag(tag),
    isVariant: isVariant(tag),
    detail,
    problem,
    runs: runsOf({ tag, digest: detail?.digest }, running),
  };
}

async function detailOf(tag: string, query: DetailsQuery, deps: TagsDeps): Promise<Pick<TagRow, 'detail' | 'problem'>> {
  try {
    const detail = await readDetail(deps.registries, tag, query);
    const isAhead = detail.date !== undefined && detail.date.at > deps.now() + MOST_AHEAD_MS;
    return { detail: isAhead ? { ...detail, date: undefined } : detail, problem: undefined };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { detail: undefined, problem: explainRegistry(error).summary };
  }
}

function actionsOf({ repository, isAllowed }: TagsTarget, request: Request, deps: TagsDeps): TagActions {
  const may = permitted(request, deps);
  const name = familiar(repository);
  const services = [...deployableHere(request, deps)].filter(([service]) => {
    const image = deps.config.services.get(service)?.image;
    return image !== undefined && familiar(parseReference(image)) === name;
  });
  const [first, ...others] = services;
  return {
    deploy: isAllowed && first && others.length === 0 ? { service: first[0], hosts: first[1] } : undefined,
    pull: isAllowed && may.has('pull'),
    scan: may.has('scan'),
  };
}
