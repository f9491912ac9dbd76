import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitUpdate } from '../../docker/client/deploy-calls.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import { unlessGone } from '../../docker/rollout/survey.ts';
import type { RawContainer } from '../../docker/shapes/raw.ts';
import { isMeantToEnd } from '../../domain/signal.ts';
import { cutHidden } from '../../text/cut.ts';
import { isUp } from './affected.ts';
import { type Gating, waitUntilHealthy } from './healthy.ts';
import { changed, changesBetween, limitsOf } from './limits.ts';
import type { Act, Came, Target } from './types.ts';

/** One container that is acted on. */
export interface Performing extends Gating {
  readonly target: Target;
  readonly act: Act;
}

const DEFAULT_STOP_SECONDS = 10;
/** How long a container is watched after a signal that is meant to end it, and after another one. */
const END_MS = 5000;
const OTHER_MS = 1000;
const LOOK_MS = 100;

/** Does what the plan says to one container, given how it was just before. Rejects with the engine's error. */
export function doAct(doing: Performing, before: RawContainer): Promise<Came> {
  const { act } = doing;
  switch (act.action) {
    case 'start':
      return start(doing, before);
    case 'restart':
      return restart(doing, secondsOf(act, before));
    case 'stop':
      return stop(doing, before, secondsOf(act, before));
    case 'kill':
      return kill(doing, before, act.signal);
    case 'pause':
    case 'unpause':
      return pause(doing, before, act.action);
    case 'update':
      return update(doing, before, act.limits);
    case 'rename':
      return rename(doing, before, act.name);
    case 'rm':
      return remove(doing, act);
  }
}

function secondsOf({ seconds }: { readonly seconds?: number | undefined }, { Config }: RawContainer): number {
  return seconds ?? Config.StopTimeout ?? DEFAULT_STOP_SECONDS;
}

async function start(doing: Performing, before: RawContainer): Promise<Came> {
  if (before.State.Paused) return { verdict: 'failed', said: 'is paused, not stopped', tryThis: 'Unpause it.' };
  if (isUp(before)) return { verdict: 'unchanged', said: `is ${before.State.Status} already` };
  await doing.engine.startContainer(doing.target.id);
  return waitUntilHealthy(doing, 'started');
}

async function restart(doing: Performing, seconds: number): Promise<Came> {
  await doing.engine.restartContainer(doing.target.id, seconds);
  return waitUntilHealthy(doing, 'restarted');
}

async function stop({ engine, target }: Performing, before: RawContainer, seconds: number): Promise<Came> {
  if (!isUp(before)) return { verdict: 'unchanged', said: `is ${before.State.Status} already` };
  const began = performance.now();
  await engine.stopContainer(target.id, seconds);
  const ms = performance.now() - began;
  const now = await unlessGone(engine.inspectRaw(target.id));
  if (!now) return { verdict: 'done', said: 'stopped, and was removed with that (--rm)' };
  if (isUp(now)) return { verdict: 'failed', said: 'was stopped, and runs again: something started it' };
  return { verdict: 'done', said: stoppedWords(now, seconds, ms) };
}

function stoppedWords({ State, Config }: RawContainer, seconds: number, ms: number): string {
  const wasKilled = State.ExitCode === 137 && ms >= seconds * 1000;
  if (!wasKilled) return `stopped with exit code ${State.ExitCode}`;
  const signal = String(Config['StopSignal'] ?? 'SIGTERM');
  return `killed after ${seconds} s: it did not stop on ${signal} (exit code 137)`;
}

async function kill({ engine, target, signal }: Performing, before: RawContainer, name: string): Promise<Came> {
  if (!isUp(before)) return { verdict: 'unchanged', said: `is ${before.State.Status}: there is nothing to kill` };
  await engine.killContainer(target.id, name);
  const until = performance.now() + (isMeantToEnd(name) ? END_MS : OTHER_MS);
  for (;;) {
    const now = await unlessGone(engine.inspectRaw(target.id));
    if (!now) return { verdict: 'done', said: `ended by ${name}, and was removed with that (--rm)` };
    if (!isUp(now)) return { verdict: 'done', said: `ended by ${name} with exit code ${now.State.ExitCode}` };
    if (now.State.StartedAt !== before.State.StartedAt)
      return { verdict: 'done', said: `ended by ${name}, and was started again` };
    if (performance.now() > until || signal.aborted)
      return { verdict: 'done', said: `got ${name}, and is ${now.State.Status}` };
    await sleep(LOOK_MS);
  }
}

async function pause({ engine, target }: Performing, before: RawContainer, to: 'pause' | 'unpause'): Promise<Came> {
  const isSo = (before.State.Paused === true) === (to === 'pause');
  if (isSo && isUp(before)) return { verdict: 'unchanged', said: `is ${before.State.Status} already` };
  if (!isUp(before)) return { verdict: 'failed', said: `is ${before.State.Status}, so there is nothing to ${to}` };
  await (to === 'pause' ? engine.pauseContainer(target.id) : engine.unpauseContainer(target.id));
  const { State } = await engine.inspectRaw(target.id);
  if (State.Paused === (to === 'pause')) return { verdict: 'done', said: to === 'pause' ? 'paused' : 'runs again' };
  return { verdict: 'failed', said: `is ${State.Status} now` };
}

async function update(
  { engine, target, redact }: Performing,
  before: RawContainer,
  limits: LimitUpdate,
): Promise<Came> {
  const was = limitsOf(before);
  if (changesBetween(was, changed(was, limits)).length === 0)
    return { verdict: 'unchanged', said: 'has these limits already' };
  const warnings = await engine.updateContainer(target.id, limits);
  // As the engine has it now: it sets swap with the memory.
  const changes = changesBetween(was, limitsOf(await engine.inspectRaw(target.id)));
  const said = changes.map(({ setting, from, to }) => `${setting} ${from} → ${to}`).join(', ');
  const warned = warnings.slice(0, 3).map((warning) => cutHidden(warning, 200, redact));
  return { verdict: 'done', said: [`updated: ${said}`, ...warned].join('. ') };
}

async function rename({ engine, target }: Performing, before: RawContainer, to: string): Promise<Came> {
  if (before.Name === to) return { verdict: 'unchanged', said: 'has that name already' };
  await engine.renameContainer(target.id, to);
  const { Name } = await engine.inspectRaw(target.id);
  return Name === to
    ? { verdict: 'done', said: `is called ${to} now` }
    : { verdict: 'failed', said: `is called ${Name}` };
}

async function remove(
  { engine, target }: Performing,
  { force }: Extract<Act, { readonly action: 'rm' }>,
): Promise<Came> {
  await engine.removeContainer(target.id, {}, force);
  const now = await unlessGone(engine.inspectRaw(target.id));
  if (now) return { verdict: 'failed', said: `is still there, ${now.State.Status}` };
  const kept: string[] = [];
  // By name, so that no volume goes that the plan does not name; an engine keeps one that came into use.
  for (const name of target.volumes)
    await unlessGone(engine.removeVolume(name)).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.status === undefined) throw error;
      kept.push(name.slice(0, 12));
    });
  const { length } = target.volumes;
  if (kept.length > 0) return { verdict: 'done', said: `removed; kept, since they are in use: ${kept.join(', ')}` };
  return { verdict: 'done', said: length === 0 ? 'removed' : `removed, with its anonymous volumes (${length})` };
}
