import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import type { Registries, RegistryHost } from '../../../registry/calls.ts';
import { promote } from '../../../registry/promote/promote.ts';
import type { NotPromoted, Promoted } from '../../../registry/promote/types.ts';
import { cut } from '../../../text/cut.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure } from '../../request.ts';
import { registryWords } from './registry-words.ts';
import type { RegistryTagPlan, TaggedPlace } from './types.ts';

const PROMOTE_MS = 15 * 60_000;

interface Done {
  readonly places: readonly TaggedPlace[];
  readonly failures: readonly HostFailure[];
  readonly promotion: Promoted | undefined;
}

/** Sets the tag of a plan within its registry. What it came to is read back from the registry, also after a failure. */
export async function tagInRegistry(
  plan: RegistryTagPlan,
  deps: Pick<Deps, 'config' | 'redact' | 'registries'>,
  signal: AbortSignal,
): Promise<Done> {
  const { registries } = deps;
  const [source, target] = [parseReference(plan.source), parseReference(plan.target)];
  const place = { host: target.registry, digest: plan.digest, before: plan.before ?? undefined };
  if (plan.before === plan.digest)
    return { places: [{ ...place, state: 'unchanged', back: undefined }], failures: [], promotion: undefined };
  const isSame = source.path === target.path;
  const between = {
    from: registries.repository(source),
    to: registries.repository(target, 'push', isSame ? undefined : source.path),
    signal: AbortSignal.any([signal, AbortSignal.timeout(PROMOTE_MS)]),
  };
  const harbor = isSame ? undefined : await harborOf(target.registry, registries, between.signal);
  const result = await promote({ digest: plan.digest, tag: target.tag ?? 'latest', harbor }, between);
  if (!result.ok) return { places: [], failures: [failureOf(result, plan, target, deps)], promotion: undefined };
  return { places: [{ ...place, state: 'tagged', back: backTo(plan, target) }], failures: [], promotion: result };
}

/** The registry's own API where it is a Harbor, which copies images itself; undefined where it is not, or does not say. */
async function harborOf(
  registry: string,
  registries: Registries,
  signal: AbortSignal,
): Promise<RegistryHost | undefined> {
  const found = await registries.kind(registry, signal).catch(() => undefined);
  return found?.kind === 'harbor' ? registries.host(registry, 'push') : undefined;
}

/** The line that sets the tag back to what it was; undefined where it was nothing. */
function backTo({ before }: RegistryTagPlan, target: ImageReference): string | undefined {
  if (before === null) return undefined;
  const force = kindOfTag(target.tag ?? '') === 'release' ? ' --force' : '';
  return `tag ${familiar({ ...target, tag: undefined })}@${before} ${familiar(target)}${force}`;
}

function failureOf(
  { error, now, step }: NotPromoted,
  plan: RegistryTagPlan,
  target: ImageReference,
  { config, redact }: Pick<Deps, 'config' | 'redact'>,
): HostFailure {
  const { summary, tryThis } = registryWords(error, { reference: target, purpose: 'push', config, redact });
  return {
    host: target.registry,
    summary: redact(`Failed while ${step}: ${summary} ${stateOf(now, plan, target)}`),
    engineSaid: cut(redact(error.said), 600),
    tryThis,
  };
}

/** What the tag stands for after a failure, as it was read back. */
function stateOf(now: string | null | undefined, { before, digest }: RegistryTagPlan, target: ImageReference): string {
  const name = `\`${familiar(target)}\``;
  if (now === undefined) return `What ${name} stands for now could not be read.`;
  if (now === null) return `${name} does not exist.`;
  if (now === digest) return `${name} is the new image all the same; what belongs to it may be missing.`;
  return now === before ? `${name} still is what it was.` : `${name} is another image now: \`${now}\`.`;
}
