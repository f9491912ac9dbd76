import { explain } from '../../docker/client/cause.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { createPatience, mayHaveTakenEffect } from '../../docker/rollout/context.ts';
import { unlessGone } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { doAct, type Performing } from './acts.ts';
import { isUp, isUpState } from './affected.ts';
import type { Acted, Came } from './types.ts';
import { WORDS } from './words.ts';

/** How long an engine that stopped answering is asked for the outcome of an action. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Acts on one container and returns its outcome. The container is inspected just before, so that nothing is done to
 * another one, and again afterwards, so that what is said is what is so. Never rejects for what an engine answers.
 */
export async function perform(doing: Performing): Promise<Acted> {
  const { engine, target, act } = doing;
  const { id, name, notes } = target;
  const known = { id, name };
  try {
    const before = await unlessGone(engine.inspectRaw(id));
    if (!before && act.action === 'rm') return { ...known, verdict: 'unchanged', said: 'is gone already', notes: [] };
    const refused = whyNot(doing, before);
    if (!before || refused !== undefined)
      return { ...known, verdict: 'failed', said: refused ?? '', tryThis: 'Request it again.', notes: [] };
    const came = await doAct(doing, before);
    return { ...known, ...came, notes: came.verdict === 'done' ? notes : [] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...known, ...(await afterFailure(doing, error)), notes: [] };
  }
}

function whyNot({ target, act }: Performing, now: RawContainer | undefined): string | undefined {
  const { name, imageId, state } = target;
  if (!now) return 'was removed meanwhile; nothing was done';
  if (now.Image !== imageId || now.Name !== name) return `is another one now (${now.Name}); nothing was done`;
  // The kill of one that was stopped is in no plan.
  if (act.action === 'rm' && isUp(now) && !isUpState(state)) return 'was started meanwhile; nothing was done';
  return undefined;
}

/** An answer is final. Without one, the container's state is read once more. */
async function afterFailure({ engine, target, act, host, redact }: Performing, error: EngineError): Promise<Came> {
  const { ing, verb, past } = WORDS[act.action];
  if (!mayHaveTakenEffect(error)) {
    const { summary, tryThis } = explain(error, { host });
    const what = error.status === undefined ? summary : `the engine said: ${redact(error.engineSaid)}`;
    return { verdict: 'failed', said: `was not ${past}: ${what.replace(/\.$/u, '')}`, tryThis };
  }
  const look = () => unlessGone(engine.inspectRaw(target.id));
  const now = await createPatience(LOOK_AGAIN_MS, () => {})(look).catch(() => 'unknown' as const);
  const lost = `the connection to ${host} broke while ${ing}`;
  const how: Phrase = phrase`${commandLine(`ps -a ${target.name} @${host}`)} shows how it is; ${verb} it again if need be.`;
  if (now === 'unknown') return { verdict: 'unknown', said: `may or may not be ${past}: ${lost}`, tryThis: how };
  const state = now ? `is ${now.State.Status} now` : 'is gone now';
  return { verdict: 'unknown', said: `${state}: ${lost}`, tryThis: how };
}
