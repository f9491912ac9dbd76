import type { Config } from '../../../config.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure } from '../../request.ts';
import { imageNamed } from './find-image.ts';
import { failureOn, MovedError } from './moved.ts';
import { backOn } from './plan-hosts.ts';
import type { HostTagPlan, PlannedHost, TaggedPlace } from './types.ts';

/** Sets the tag on every host of a plan, and reads it back. */
export async function tagOnHosts(
  plan: HostTagPlan,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<{ readonly places: readonly TaggedPlace[]; readonly failures: readonly HostFailure[] }> {
  const byHost = new Map(plan.hosts.map((one) => [one.host, one]));
  const outcomes = await deps.hosts.each(
    [...byHost.keys()],
    async (engine, host) =>
      tagOn({ engine, planned: byHost.get(host) as PlannedHost, signal }, plan.target, deps.config),
    { signal, deadlineMs: 30_000 },
  );
  return {
    places: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    failures: outcomes.flatMap((outcome) =>
      outcome.ok ? [] : [failureOn(outcome.host, outcome.error, deps.redact, plan.target)],
    ),
  };
}

interface Tagging {
  readonly engine: Engine;
  readonly planned: PlannedHost;
  readonly signal: AbortSignal;
}

/** Rejects with an `EngineError` where the host is not as planned, or does not have the tag afterwards. */
async function tagOn({ engine, planned, signal }: Tagging, name: string, config: Config): Promise<TaggedPlace> {
  const { host, imageId, before } = planned;
  const target = parseReference(name);
  const tagged = async () => imageNamed(await engine.listImages({}, { signal }), target);
  const now = await tagged();
  const place = { host, digest: imageId, before: before ?? undefined };
  if (now?.id === imageId) return { ...place, state: 'unchanged', back: undefined };
  if (now?.id !== (before ?? undefined))
    throw new MovedError(`${familiar(target)} was given to another image meanwhile.`);
  const repository = `${target.registry}/${target.path}`;
  await engine.tagImage(imageId, { repository, tag: target.tag ?? 'latest' }, { signal });
  if ((await tagged())?.id !== imageId)
    throw new MovedError(`The engine took the tag, but ${familiar(target)} is another image.`);
  return { ...place, state: 'tagged', back: backOn(now, { host, target }, config) };
}
