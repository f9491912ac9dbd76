import type { TopArgs } from '../../commands/containers/top.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import type { ProcessTable } from '../../docker/client/look-types.ts';
import { cutHidden } from '../../text/cut.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { nameOf } from './logs.ts';
import { onPlaces, ownRedactor } from './on-places.ts';

/** A process as every `ps` tells of it. */
export interface Process {
  readonly pid: string;
  readonly command: string;
  readonly time: string;
  readonly user: string;
}

export interface Processes {
  readonly host: string;
  readonly container: string;
  readonly processes: readonly Process[];
  /** Those beyond what is shown. */
  readonly more: number;
  /** Why there are none. */
  readonly why: 'not_running' | 'no_ps' | undefined;
}

export interface TopResult extends Timed {
  readonly hosts: readonly string[];
  readonly containers: readonly Processes[];
}

/** Rows of one container; Slack takes a hundred in a table. */
const MOST_PROCESSES = 60;
const MOST_COMMAND = 500;

export const top = handler<TopArgs, TopResult>()(['config', 'hosts', 'now', 'redact'], async (request, deps, run) => {
  const { signal } = run;
  const found = await onPlaces(request, request.args.containers, { deps, signal }, async (engine, container, host) => {
    const named = { host, container: nameOf(container), processes: [], more: 0, why: undefined };
    try {
      const [table, redact] = await Promise.all([
        engine.listProcesses(container.id, { signal }),
        ownRedactor(engine, container, deps.redact, signal),
      ]);
      const all = processesOf(table);
      const shown = all.slice(0, MOST_PROCESSES);
      const processes = shown.map((one) => ({ ...one, command: cutHidden(one.command, MOST_COMMAND, redact) }));
      return { ...named, processes, more: all.length - shown.length };
    } catch (error) {
      const why = whyNone(error);
      if (why === undefined) throw error;
      return { ...named, why };
    }
  });
  return { ...timed(request, deps.now(), found.failures), hosts: found.hosts, containers: found.values };
});

/** The engine runs the `ps` of its host, whose columns differ. */
function processesOf({ titles, rows }: ProcessTable): Process[] {
  const column = (...names: readonly string[]) => titles.findIndex((title) => names.includes(title.toUpperCase()));
  const [pid, command, time, user] = [column('PID'), column('CMD', 'COMMAND'), column('TIME'), column('UID', 'USER')];
  const of = (row: readonly string[], at: number) => row[at] ?? '';
  return rows.map((row) => ({
    pid: of(row, pid),
    command: of(row, command),
    time: of(row, time),
    user: of(row, user),
  }));
}

function whyNone(error: unknown): Processes['why'] {
  if (!(error instanceof EngineError)) return undefined;
  if (error.fault === 'conflict') return 'not_running';
  const { engineSaid: said } = error;
  return /\bps\b/u.test(said) && /executable file not found|no such file/iu.test(said) ? 'no_ps' : undefined;
}
