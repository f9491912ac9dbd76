import type { PullArgs } from '../../commands/images/pull.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { LONGEST_TRANSFER_MS } from '../../docker/client/stall.ts';
import type { PullResult, TransferProgress } from '../../docker/client/types.ts';
import { canonical, familiar, type ImageReference, repositoryOf } from '../../domain/reference.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import type { TagList } from '../../registry/tags.ts';
import { registryAuth } from '../deploy/planning/target.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { failureOf, timed } from '../over-hosts.ts';
import type { HostFailure, Request, Timed } from '../request.ts';
import { stoppable } from '../stoppable.ts';
import { nearRepository } from './near-repository.ts';
import { type Verified, verifiedImage } from './verified.ts';

/** How far one host is. */
export type PullState =
  | { readonly host: string; readonly state: 'waiting' }
  | { readonly host: string; readonly state: 'pulling'; readonly progress: TransferProgress }
  | { readonly host: string; readonly state: 'done'; readonly pulled: PullResult }
  | { readonly host: string; readonly state: 'failed'; readonly failure: HostFailure };

export interface PullReport {
  readonly kind: 'pull';
  readonly image: string;
  readonly hosts: readonly PullState[];
}

export interface PullOutcome extends Timed {
  readonly image: string;
  readonly warnings: readonly string[];
  /** Only hosts that have the image now. */
  readonly hosts: readonly { readonly host: string; readonly pulled: PullResult; readonly ms: number }[];
  /** Real tags of that repository near the one that was not found. */
  readonly nearTags: readonly string[];
  /** The repository has more tags than were looked through. */
  readonly tagsCut: boolean;
  /** A repository known here near the one that was not found. */
  readonly nearRepository: string | undefined;
  /** Who signed it; undefined where no rule asks for a signature. */
  readonly signed: Verified['proof'] | undefined;
}

const NO_TAGS: TagList = { tags: [], cut: false };

export const pull = handler<PullArgs, PullOutcome, PullReport>()(
  ['config', 'hosts', 'live', 'log', 'now', 'proofs', 'redact', 'tags'],
  async (request, deps, run) => {
    const { reference, warnings } = checkImage(request.args.image, deps.config, servicesSeen(request, deps.config));
    const image = deps.redact(familiar(reference));
    const states = new Map<string, PullState>(request.hosts.map((host) => [host, { host, state: 'waiting' }]));
    const set = (state: PullState) => {
      states.set(state.host, state);
      run.progress({ kind: 'pull', image, hosts: [...states.values()] });
    };
    const verified = await verifiedImage(reference, request.hosts, deps, run.signal);
    const outcomes = await stoppable(request, deps, run.signal, (signal) =>
      deps.hosts.each(
        request.hosts,
        (engine, host) => pullOn({ engine, host, set }, { reference, verified, request }, deps, signal),
        { signal, deadlineMs: LONGEST_TRANSFER_MS },
      ),
    );
    const failures: HostFailure[] = [];
    const hosts: PullOutcome['hosts'][number][] = [];
    let missing = false;
    for (const outcome of outcomes) {
      if (outcome.ok) hosts.push({ host: outcome.host, pulled: outcome.value, ms: outcome.ms });
      else {
        failures.push(failureOf(outcome.host, outcome.error, deps.redact, canonical(reference)));
        missing ||= ['tag_not_found', 'repository_not_found', 'auth_or_missing'].includes(outcome.error.fault);
      }
    }
    const { tags: nearTags, cut } = missing ? await deps.tags.near(reference, run.signal) : NO_TAGS;
    // A repository with tags is there: it was the tag that was misspelt.
    const misspelt = missing && nearTags.length === 0;
    const near = misspelt ? await nearRepository(reference, request, deps, run.signal) : undefined;
    return {
      ...timed(request, deps.now(), failures),
      image,
      warnings,
      hosts,
      nearTags,
      tagsCut: cut,
      nearRepository: near,
      signed: verified?.proof,
    };
  },
);

/** A host that pulls, and how its state is told. */
interface Puller {
  readonly engine: Engine;
  readonly host: string;
  set(state: PullState): void;
}

interface Pulling {
  readonly reference: ImageReference;
  /** What was verified: its digest is pulled and nothing else, wherever the tag points by then. */
  readonly verified: Verified | undefined;
  readonly request: Request<PullArgs>;
}

async function pullOn(
  { engine, host, set }: Puller,
  { reference, verified, request }: Pulling,
  deps: Pick<Deps, 'config' | 'redact'>,
  signal: AbortSignal,
): Promise<PullResult> {
  const auth = registryAuth(canonical(reference), deps.config);
  const wanted = verified?.reference ?? reference;
  try {
    const pulled = await engine.pull(
      { reference: canonical(wanted), platform: request.args.platform, auth },
      (progress) => set({ host, state: 'pulling', progress }),
      { signal },
    );
    if (verified && reference.tag !== undefined)
      await engine.tagImage(pulled.imageId, { repository: repositoryOf(reference), tag: reference.tag }, { signal });
    set({ host, state: 'done', pulled });
    return pulled;
  } catch (error) {
    if (error instanceof EngineError)
      set({ host, state: 'failed', failure: failureOf(host, error, deps.redact, canonical(reference)) });
    throw error;
  }
}
