import type { WhyArgs } from '../../../commands/containers/why.ts';
import type { Container } from '../../../docker/client/types.ts';
import { SURE } from '../../../docker/diagnosis/cause.ts';
import { handler } from '../../handler.ts';
import { settle, timed } from '../../over-hosts.ts';
import type { Timed } from '../../request.ts';
import { selectContainers } from '../select-containers.ts';
import { type Diagnosed, diagnoseFor } from './diagnosed.ts';

export interface WhyResult extends Timed {
  readonly kind: 'why';
  readonly target: string;
  /** The one in most trouble first. */
  readonly hosts: readonly Diagnosed[];
  readonly audit: string;
}

/** An answer that comes within five seconds, whatever is slow: what is missing then is named. */
const ANSWER_MS = 4500;
const LEAST_MS = 500;

export const why = handler<WhyArgs, WhyResult>()(
  ['config', 'hosts', 'now', 'redact', 'specs'],
  async (request, deps, run) => {
    const { target } = request.args;
    // Hosts that do not answer soon are named rather than waited for, named by the person or not.
    const selecting = { signal: run.signal, onSeveralHosts: 'all' as const };
    const { places, failures } = await selectContainers({ ...request, hostsNamed: false }, [target], deps, selecting);
    const containers = new Map(places.map(({ host, container }) => [host, container]));
    const withinMs = Math.round(Math.max(LEAST_MS, ANSWER_MS - (performance.now() - request.since)));
    const outcomes = await deps.hosts.each(
      [...containers.keys()],
      (engine, host) => {
        const { id } = containers.get(host) as Container;
        return diagnoseFor(request, { engine, host, id }, deps, { signal: run.signal, withinMs });
      },
      { signal: run.signal, deadlineMs: withinMs },
    );
    const { values, failures: unread } = settle(outcomes, deps.redact);
    const hosts = values.map(({ value }) => value).toSorted((a, b) => trouble(b) - trouble(a));
    return {
      kind: 'why',
      ...timed(request, deps.now(), [...failures, ...unread]),
      target,
      hosts,
      audit: hosts.map(({ host, diagnosis }) => `${host}: ${diagnosis.causes[0]?.id ?? 'no cause found'}`).join(', '),
    };
  },
);

const trouble = ({ diagnosis, state }: Diagnosed) =>
  (diagnosis.causes[0]?.rank ?? 0) + (state === 'running' ? 0 : SURE.guessed);
