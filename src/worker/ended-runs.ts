import { EngineError } from '../docker/client/engine-error.ts';
import { messageOf } from '../domain/errors.ts';
import { RUN_LABELS } from '../handlers/containers/run/make.ts';
import { removeWithVolumes } from '../handlers/containers/run/remove.ts';
import type { Deps } from '../handlers/deps.ts';
import type { RunRecord } from '../store/runs.ts';

/** Milliseconds between two tries to remove a container whose host did not take it. */
const PAUSE_MS = 60_000;
/** Seconds between the stop signal and the kill. */
const STOP_SECONDS = 10;

type RunDeps = Pick<Deps, 'hosts' | 'log' | 'now' | 'store'>;

/** Removes containers of `/run --rm` whose time is up; each by one process, and again later where that failed. */
export async function removeEndedRuns(deps: RunDeps): Promise<void> {
  const due = await deps.store.runs.due(deps.now(), PAUSE_MS);
  await Promise.all(
    due.map((run) =>
      removeRun(run, deps).catch((error) =>
        deps.log.error({ run: run.id, host: run.host, err: messageOf(error) }, 'A container could not be removed'),
      ),
    ),
  );
}

async function removeRun(run: RunRecord, deps: RunDeps): Promise<void> {
  const { log, now, store, hosts } = deps;
  // What is stored is not believed: a changed row could name any container.
  if (run.integrity === 'forged')
    return log.error({ run: run.id }, 'A run is not signed by Fairlead: nothing is removed');
  const engine = hosts.engine(run.host);
  let isThere = true;
  try {
    const raw = await engine.inspectRaw(run.container);
    if (raw.Config.Labels[RUN_LABELS.run] !== run.id) throw new Error(`${run.container} has not the label of that run`);
    await engine.stopContainer(run.container, STOP_SECONDS);
    await removeWithVolumes(engine, raw);
  } catch (error) {
    if (!(error instanceof EngineError && error.fault === 'not_found')) throw error;
    isThere = false;
  }
  await store.runs.ended(run.id, now());
  if (!isThere) return;
  await store.audit.append({
    at: now(),
    kind: 'event',
    request: run.id,
    person: run.person,
    channel: run.channel,
    team: '',
    source: 'cli',
    command: 'run',
    line: `run --rm --name ${run.name}`,
    hosts: [run.host],
    outcome: 'ok',
    detail: `removed ${run.name} on ${run.host}: its time was up`,
  });
}
