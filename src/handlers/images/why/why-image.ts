import { UserError } from '../../../domain/errors.ts';
import { canonical, familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { checkImage } from '../../../policy/images.ts';
import { cardOf, type Diagnosed } from '../../containers/why/diagnosed.ts';
import { registryAuth } from '../../deploy/planning/target.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request } from '../../request.ts';
import { nearRepository } from '../near-repository.ts';
import { diagnoseName } from './by-name.ts';
import { diagnoseImage } from './diagnose.ts';
import type { ImageFacts } from './facts.ts';
import { mayAskEngines } from './may-ask.ts';
import { readImage } from './read-image.ts';

type ImageDeps = Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'registries' | 'specs' | 'tags'>;

export interface WhyImage {
  readonly hosts: readonly Diagnosed[];
  readonly failures: readonly HostFailure[];
}

export interface Within {
  readonly signal: AbortSignal;
  /** Milliseconds it may take. */
  readonly withinMs: number;
}

/** What was read by then is shown, rather than the host counted as silent. */
const GRACE_MS = 300;
/** The share of the time for the connection from Fairlead, which decides whether engines may ask. */
const PING_SHARE = 0.35;

/** Diagnoses an image on every host of the request, without pulling it. */
export async function whyImage(request: Request, typed: string, deps: ImageDeps, within: Within): Promise<WhyImage> {
  try {
    const { reference, warnings } = checkImage(parseReference(typed), deps.config, servicesSeen(request, deps.config));
    return await whyReference(request, { reference, warnings }, deps, within);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [host = ''] = request.hosts;
    const card = { host, name: deps.redact(typed), about: [], isWell: false, well: '' };
    return { hosts: [cardOf(request, card, diagnoseName(typed, error), deps)], failures: [] };
  }
}

interface Checked {
  readonly reference: ImageReference;
  readonly warnings: readonly string[];
}

async function whyReference(
  request: Request,
  { reference, warnings }: Checked,
  deps: ImageDeps,
  { signal, withinMs }: Within,
): Promise<WhyImage> {
  const until = within(signal, withinMs);
  const ping = await deps.registries.ping(reference.registry, within(until, withinMs * PING_SHARE));
  const auth = registryAuth(`${reference.registry}/${reference.path}`, deps.config);
  const mayAsk = mayAskEngines(reference, ping, deps.config);
  const [outcomes, tags, repository] = await Promise.all([
    deps.hosts.each(request.hosts, (engine) => readImage({ engine, reference, auth, mayAsk, signal: until }), {
      signal,
      deadlineMs: withinMs + GRACE_MS,
    }),
    deps.tags.near(reference, until),
    nearRepository(reference, request, deps, until).catch(() => undefined),
  ]);
  const { values, failures } = settle(outcomes, deps.redact, canonical(reference));
  const shared = {
    reference,
    ping,
    warnings,
    nearTags: tags.tags.filter((tag) => tag !== reference.tag),
    nearRepository: tags.tags.length > 0 ? undefined : repository,
    hasAccount: auth !== undefined,
    now: deps.now(),
  };
  const hosts = values.map(({ host, value }) => cardOfImage(request, { host, ...shared, ...value }, deps));
  return { hosts, failures };
}

const within = (signal: AbortSignal, ms: number) => AbortSignal.any([signal, AbortSignal.timeout(Math.round(ms))]);

function cardOfImage(request: Request, facts: ImageFacts, deps: ImageDeps): Diagnosed {
  const { host, reference, asked, present, engine } = facts;
  const here = present === undefined ? [] : [present === 'missing' ? 'not on the host' : 'on the host'];
  const card = {
    host,
    name: deps.redact(familiar(reference)),
    about: [...here, ...(engine ? [engine.arch] : [])],
    isWell: asked?.kind === 'found' && present !== 'missing',
    well: 'The host has the image, and it is the one that the registry has now.',
  };
  return cardOf(request, card, diagnoseImage(facts), deps);
}
