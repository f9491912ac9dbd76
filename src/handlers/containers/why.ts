import type { WhyArgs } from '../../commands/containers/why.ts';
import type { Container } from '../../docker/client/types.ts';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { UserError } from '../../domain/errors.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { permitted } from '../access/permitted.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { type Within, whyImage } from '../images/why/why-image.ts';
import { matchesReference } from '../match.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Request, Timed } from '../request.ts';
import { selectContainers } from './select-containers.ts';
import { type Diagnosed, diagnoseFor } from './why/diagnosed.ts';
import { changedLately } from './why/lately.ts';
import { type LeftOut, worstOf } from './why/worst.ts';

export interface WhyResult extends Timed {
  readonly kind: 'why';
  readonly target: string;
  /** The one in most trouble first. */
  readonly hosts: readonly Diagnosed[];
  /** Of a name that is on very many hosts. */
  readonly left: LeftOut;
  readonly audit: string;
}

type WhyDeps = Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'registries' | 'specs' | 'store' | 'tags'>;
type Found = Pick<WhyResult, 'hosts' | 'failures'> & Partial<Pick<WhyResult, 'left'>>;

const NOTHING_LEFT: LeftOut = { count: 0, inTrouble: 0 };

/** An answer comes within five seconds, whatever is slow: what is missing then is named. */
const ANSWER_MS = 4300;
const LEAST_MS = 500;
/** What was read by then is shown, rather than the host counted as silent. */
const GRACE_MS = 300;

export const why = handler<WhyArgs, WhyResult>()(
  ['config', 'hosts', 'now', 'redact', 'registries', 'specs', 'store', 'tags'],
  async (request, deps, run) => {
    const { target } = request.args;
    const within = { signal: run.signal, withinMs: leftMs(request) };
    const {
      hosts,
      failures,
      left = NOTHING_LEFT,
    }: Found = CONTAINER_NAME.test(target)
      ? await whyContainer(request, target, deps, run.signal)
      : await whyImage(request, target, deps, within);
    return {
      kind: 'why',
      ...timed(request, deps.now(), failures),
      target: deps.redact(target),
      hosts: hosts.toSorted((a, b) => trouble(b) - trouble(a)),
      left,
      audit: [
        ...hosts.map(({ host, diagnosis }) => `${host}: ${diagnosis.causes[0]?.id ?? 'no cause found'}`),
        ...(left.count > 0 ? [`${left.count} not diagnosed`] : []),
      ].join(', '),
    };
  },
);

const trouble = ({ diagnosis, isWell }: Diagnosed) => (diagnosis.causes[0]?.rank ?? 0) + (isWell ? 0 : 100);

const leftMs = ({ since }: Request) => Math.round(Math.max(LEAST_MS, ANSWER_MS - (performance.now() - since)));

/** A container or service; what is neither may be the name of an image. */
async function whyContainer(request: Request, target: string, deps: WhyDeps, signal: AbortSignal): Promise<Found> {
  try {
    // Hosts that do not answer soon are named rather than waited for, named by the person or not.
    const selecting = { signal, onSeveralHosts: 'all' as const };
    const { places, failures } = await selectContainers({ ...request, hostsNamed: false }, [target], deps, selecting);
    const { worst, left } = worstOf(places);
    const containers = new Map(worst.map(({ host, container }) => [host, container]));
    const withinMs = leftMs(request);
    const outcomes = await deps.hosts.each(
      [...containers.keys()],
      async (engine, host) => {
        const { id } = containers.get(host) as Container;
        return withChanges(request, await diagnoseFor(request, { engine, host, id }, deps, { signal, withinMs }), deps);
      },
      { signal, deadlineMs: withinMs + GRACE_MS },
    );
    const settled = settle(outcomes, deps.redact);
    return { hosts: settled.values.map(({ value }) => value), failures: [...failures, ...settled.failures], left };
  } catch (error) {
    if (!(error instanceof UserError) || error.reason !== 'not_found') throw error;
    const within = { signal, withinMs: leftMs(request) };
    const service = servicesSeen(request, deps.config).includes(target) ? deps.config.services.get(target) : undefined;
    const image = service?.image ?? (await imageCalled(request, target, deps, within));
    if (image === undefined) throw error;
    return whyImage(request, image, deps, within);
  }
}

/** With what was deployed lately, for those who may read that. */
async function withChanges(request: Request, card: Diagnosed, deps: WhyDeps): Promise<Diagnosed> {
  if (permitted(request, deps).get('history')?.includes(card.host) !== true) return card;
  return { ...card, lately: await changedLately(card, deps, deps.now()) };
}

/** An image of the hosts whose repository ends with this word. */
async function imageCalled(
  request: Request,
  word: string,
  deps: WhyDeps,
  { signal, withinMs }: Within,
): Promise<string | undefined> {
  const outcomes = await deps.hosts.each(
    request.hosts,
    (engine) => engine.listImages({ all: false, filters: {} }, { signal }),
    { signal, deadlineMs: Math.round(withinMs / 2) },
  );
  const tags = outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.flatMap((image) => image.tags) : []));
  return tags.find((tag) => matchesReference(word, tag));
}
