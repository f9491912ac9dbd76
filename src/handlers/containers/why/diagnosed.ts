import type { Engine } from '../../../docker/client/engine.ts';
import type { Diagnosis, NextStep } from '../../../docker/diagnosis/cause.ts';
import { collectFacts } from '../../../docker/diagnosis/collect.ts';
import { diagnose } from '../../../docker/diagnosis/diagnose.ts';
import type { ContainerFacts } from '../../../docker/diagnosis/facts.ts';
import { type Phrase, redactPhrase } from '../../../domain/phrase.ts';
import { redactorOf } from '../../../policy/redact.ts';
import { sayTimes } from '../../../text/times.ts';
import { permitted } from '../../access/permitted.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';

/** Why one container or image is in trouble, as a card shows it. JSON. */
export interface Diagnosed {
  readonly host: string;
  readonly name: string;
  /** What it is and how it is, in a few words each. */
  readonly about: readonly string[];
  /** Nothing is wrong with it, unless a cause says so. */
  readonly isWell: boolean;
  /** That it is well, in a sentence. */
  readonly well: string;
  readonly diagnosis: Diagnosis;
  /** What Fairlead did to it lately. */
  readonly lately?: readonly Phrase[];
  /** Commands that help and that this person may give here, the best first. */
  readonly steps: readonly NextStep[];
}

export interface Suspect {
  readonly engine: Engine;
  readonly host: string;
  /** Full id. */
  readonly id: string;
}

export interface DiagnosisOptions {
  readonly signal: AbortSignal;
  /** Milliseconds it may take; 2500 by default. */
  readonly withinMs?: number;
}

/**
 * Diagnoses a container for the person of a request: under `why`, and under any command of theirs that failed on
 * it. Its log is read only for those who may read logs on that host. Rejects with an `EngineError` when the container
 * cannot be inspected.
 */
export async function diagnoseFor(
  request: Request,
  { engine, host, id }: Suspect,
  deps: Pick<Deps, 'config' | 'redact' | 'specs'>,
  { signal, withinMs }: DiagnosisOptions,
): Promise<Diagnosed> {
  const may = permitted(request, deps);
  const facts = await collectFacts({
    engine,
    host,
    id,
    redact: (text, environment) => deps.redact(redactorOf(environment)(text)),
    signal,
    withinMs,
    asksWhatListens: true,
    mayReadLog: may.get('logs')?.includes(host) === true,
  });
  return cardOf(request, cardOfContainer(facts), diagnose(facts), deps);
}

function cardOfContainer({
  host,
  name,
  image,
  state,
  health,
  restarts,
}: ContainerFacts): Omit<Diagnosed, 'diagnosis' | 'steps'> {
  return {
    host,
    name,
    about: [
      state.status,
      ...(health ? [health.status] : []),
      ...(restarts > 0 ? [`restarted ${sayTimes(restarts)}`] : []),
      image,
    ],
    isWell: state.status === 'running' && health?.status !== 'unhealthy',
    well: health?.status === 'healthy' ? 'It runs and is healthy.' : 'It runs, and nothing points to a fault.',
  };
}

/** A diagnosis with its secrets masked, and the commands of it that this person may give. */
export function cardOf(
  request: Request,
  card: Omit<Diagnosed, 'diagnosis' | 'steps'>,
  { causes, ...looked }: Diagnosis,
  deps: Pick<Deps, 'config' | 'redact' | 'specs'>,
): Diagnosed {
  const masked = causes.map((cause) => ({
    ...cause,
    sentence: redactPhrase(cause.sentence, deps.redact),
    evidence: cause.evidence.map(deps.redact),
  }));
  const diagnosis = { ...looked, causes: masked };
  const may = permitted(request, deps);
  return {
    ...card,
    diagnosis,
    steps: stepsFor(diagnosis, (command) => may.get(command)?.includes(card.host) === true),
  };
}

const MAX_STEPS = 4;

function stepsFor({ causes }: Diagnosis, mayGive: (command: string) => boolean): NextStep[] {
  const all = causes.flatMap(({ next }) => next);
  return all
    .filter(({ line }, index) => all.findIndex((other) => other.line === line) === index)
    .filter(({ line }) => mayGive(line.split(' ', 1)[0] ?? ''))
    .slice(0, MAX_STEPS);
}
