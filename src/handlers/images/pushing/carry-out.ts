import type { Engine } from '../../../docker/client/engine.ts';
import { LONGEST_TRANSFER_MS } from '../../../docker/client/stall.ts';
import type { PushResult } from '../../../docker/client/types.ts';
import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import type { Deps } from '../../deps.ts';
import { timed } from '../../over-hosts.ts';
import type { Request } from '../../request.ts';
import { stoppable } from '../../stoppable.ts';
import { imageNamed } from '../tagging/find-image.ts';
import { MovedError } from '../tagging/moved.ts';
import { movingTag } from '../tagging/moving.ts';
import { pushAccount } from './account.ts';
import { pushFailure } from './refusals.ts';
import { registryHas } from './registry-has.ts';
import type { Pushed, PushPlan, PushReport } from './types.ts';

export interface Pushing {
  readonly plan: PushPlan;
  readonly requestedBy: string;
  /** Whose yes it took; the requester's own where nobody was asked. */
  readonly request: Pick<Request, 'id' | 'person' | 'since'>;
  readonly signal: AbortSignal;
  progress(report: PushReport): void;
}

type PushDeps = Pick<Deps, 'config' | 'hosts' | 'live' | 'log' | 'now' | 'redact' | 'registries'>;

/** Pushes the image of a plan, and says what the registry has afterwards. Who asked for the push can stop it. */
export async function carryOut(pushing: Pushing, deps: PushDeps): Promise<Pushed> {
  const { plan, requestedBy, request } = pushing;
  const reference = parseReference(plan.target);
  const [outcome] = await stoppable({ id: request.id, person: requestedBy }, deps, pushing.signal, (signal) =>
    deps.hosts.each([plan.from], (engine) => pushFrom(engine, reference, { ...pushing, signal }, deps), {
      signal,
      deadlineMs: LONGEST_TRANSFER_MS,
    }),
  );
  const failures = outcome?.ok === false ? [pushFailure(plan.from, outcome.error, reference, deps)] : [];
  const pushed = outcome?.ok ? outcome.value : undefined;
  const now = pushed?.digest ?? (await registryHas(reference, plan.from, deps));
  const isMoved = plan.before !== null && now !== plan.before;
  const back = isMoved ? backTo(plan.before ?? '', reference) : undefined;
  return {
    kind: 'pushed',
    target: plan.target,
    from: plan.from,
    hosts: pushed ? [{ host: plan.from }] : [],
    state: pushed ? 'pushed' : 'failed',
    now,
    before: plan.before,
    uploaded: pushed?.uploaded ?? false,
    back,
    warnings: pushed ? movingTag(reference) : [],
    requestedBy,
    answeredBy: request.person,
    ...timed(request, deps.now(), failures),
    audit: `${plan.target} from ${plan.from}: ${plan.imageId} -> ${now ?? 'unknown'}, was ${plan.before ?? 'nothing'}`,
  };
}

/** Rejects with an `EngineError`, also where the host's image is another than planned. */
async function pushFrom(
  engine: Engine,
  reference: ImageReference,
  { plan, progress, request, signal }: Pushing,
  deps: Pick<Deps, 'config'>,
): Promise<PushResult> {
  const name = familiar(reference);
  const imageNow = async () => imageNamed(await engine.listImages({}, { signal }), reference)?.id;
  if ((await imageNow()) !== plan.imageId)
    throw new MovedError(`${name} on ${plan.from} is another image now. Nothing was pushed.`);
  const report = { kind: 'push', id: request.id, image: name, host: plan.from } as const;
  progress({ ...report, progress: undefined });
  const auth = pushAccount(reference, deps.config);
  const result = await engine.push(
    { reference: plan.target, auth },
    (news) => progress({ ...report, progress: news }),
    { signal },
  );
  // An engine pushes by name: somebody who tags it meanwhile has their image pushed.
  if ((await imageNow()) !== plan.imageId)
    throw new MovedError(`${name} on ${plan.from} became another image during the push.`);
  return result;
}

function backTo(before: string, reference: ImageReference): string {
  const repository = familiar({ ...reference, tag: undefined });
  const force = kindOfTag(reference.tag ?? '') === 'release' ? ' --force' : '';
  return `tag ${repository}@${before} ${familiar(reference)}${force}`;
}
