import { explain } from '../../docker/client/cause.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { createPatience, mayHaveTakenEffect } from '../../docker/rollout/context.ts';
import { unlessGone } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { type Gating, waitUntilHealthy } from './healthy.ts';
import type { Act, Acted, Came, Target } from './types.ts';
import { WORDS } from './words.ts';

/** One container that is acted on. */
export interface Performing extends Gating {
  readonly target: Target;
  readonly act: Act;
}

/** How long an engine that stopped answering is asked what became of an action. */
const LOOK_AGAIN_MS = 10_000;

const DEFAULT_STOP_SECONDS = 10;

/**
 * Acts on one container and says what came of it. The container is inspected just before, so that nothing is done to
 * another one, and again afterwards, so that what is said is what is so. Never rejects for what an engine answers.
 */
export async function perform(doing: Performing): Promise<Acted> {
  const { engine, target } = doing;
  const { id, name, notes } = target;
  const known = { id, name };
  let before: RawContainer | undefined;
  try {
    before = await unlessGone(engine.inspectRaw(id));
    const refused = whyNot(target, before);
    if (refused !== undefined)
      return { ...known, verdict: 'failed', said: refused, tryThis: 'Request it again.', notes: [] };
    const came = await ACTS[doing.act.action](doing, before as RawContainer);
    return { ...known, ...came, notes: came.verdict === 'done' ? notes : [] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...known, ...(await afterFailure(doing, error)), notes: [] };
  }
}

function whyNot({ name, imageId }: Target, now: RawContainer | undefined): string | undefined {
  if (!now) return 'was removed meanwhile; nothing was done';
  if (now.Image !== imageId || now.Name !== name) return `is another one now (${now.Name}); nothing was done`;
  return undefined;
}

type Doer = (doing: Performing, before: RawContainer) => Promise<Came>;

const isUp = ({ State }: RawContainer) => State.Running === true && State.Status !== 'restarting';

const ACTS: Readonly<Record<Act['action'], Doer>> = {
  async start(doing, before) {
    if (isUp(before))
      return { verdict: 'unchanged', said: before.State.Paused ? 'is paused, not stopped' : 'is running already' };
    await doing.engine.startContainer(doing.target.id);
    return waitUntilHealthy(doing, 'started');
  },
  async restart(doing, before) {
    await doing.engine.restartContainer(doing.target.id, secondsOf(doing, before));
    return waitUntilHealthy(doing, 'restarted');
  },
  async stop(doing, before) {
    if (!isUp(before) && before.State.Status !== 'restarting')
      return { verdict: 'unchanged', said: `is ${before.State.Status} already` };
    const { engine, target } = doing;
    const seconds = secondsOf(doing, before);
    const began = performance.now();
    await engine.stopContainer(target.id, seconds);
    const ms = performance.now() - began;
    const now = await unlessGone(engine.inspectRaw(target.id));
    if (!now) return { verdict: 'done', said: 'stopped, and was removed with that (--rm)' };
    if (isUp(now)) return { verdict: 'failed', said: 'was stopped, and runs again: something started it' };
    return { verdict: 'done', said: stoppedWords(now, seconds, ms) };
  },
};

function secondsOf({ act }: Performing, { Config }: RawContainer): number {
  return ('seconds' in act ? act.seconds : undefined) ?? Config.StopTimeout ?? DEFAULT_STOP_SECONDS;
}

function stoppedWords({ State, Config }: RawContainer, seconds: number, ms: number): string {
  const wasKilled = State.ExitCode === 137 && ms >= seconds * 1000;
  if (!wasKilled) return `stopped with exit code ${State.ExitCode}`;
  const signal = String(Config['StopSignal'] ?? 'SIGTERM');
  return `killed after ${seconds} s: it did not stop on ${signal} (exit code 137)`;
}

/** An answer is final. Where there was none, the engine is asked once more what became of it. */
async function afterFailure({ engine, target, act, host, redact }: Performing, error: EngineError): Promise<Came> {
  const { ing, noun } = WORDS[act.action];
  if (!mayHaveTakenEffect(error)) {
    const { summary, tryThis } = explain(error, { host });
    const what = error.status === undefined ? summary : `the engine said: ${redact(error.engineSaid)}`;
    return { verdict: 'failed', said: `was not ${WORDS[act.action].past}: ${what.replace(/\.$/u, '')}`, tryThis };
  }
  const look = () => unlessGone(engine.inspectRaw(target.id));
  const now = await createPatience(LOOK_AGAIN_MS, () => {})(look).catch(() => 'unknown' as const);
  const lost = `the connection to ${host} broke while ${ing}`;
  const how: Phrase = phrase`${commandLine(`ps -a ${target.name} @${host}`)} shows how it is; then ${noun} it again if need be.`;
  if (now === 'unknown')
    return { verdict: 'unknown', said: `may or may not be ${WORDS[act.action].past}: ${lost}`, tryThis: how };
  const state = now ? `it is ${now.State.Status} now` : 'it is gone now';
  return { verdict: 'unknown', said: `${state}: ${lost}`, tryThis: how };
}
