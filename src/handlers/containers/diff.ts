import type { DiffArgs } from '../../commands/containers/diff.ts';
import type { FileChange } from '../../docker/client/look-types.ts';
import { createPace } from '../../paced/pace.ts';
import { cutHidden } from '../../text/cut.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { nameOf } from './logs.ts';
import { onPlaces, ownRedactor } from './on-places.ts';

export interface Changes {
  readonly host: string;
  readonly container: string;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** The first of them. */
  readonly changes: readonly FileChange[];
}

export interface DiffResult extends Timed {
  readonly hosts: readonly string[];
  readonly containers: readonly Changes[];
}

/** Paths that are kept; a file of more is read by nobody. */
const MOST_CHANGES = 5000;
const MOST_PATH = 1000;

export const diff = handler<DiffArgs, DiffResult>()(
  ['config', 'hosts', 'now', 'redact'],
  async (request, deps, run) => {
    const { signal } = run;
    const found = await onPlaces(
      request,
      request.args.containers,
      { deps, signal },
      async (engine, container, host) => {
        const [all, redact] = await Promise.all([
          engine.listChanges(container.id, { signal }),
          ownRedactor(engine, container, deps.redact, signal),
        ]);
        const pace = createPace();
        const changes: FileChange[] = [];
        for (const change of all.slice(0, MOST_CHANGES)) {
          changes.push({ ...change, path: cutHidden(change.path, MOST_PATH, redact) });
          await pace();
        }
        const count = (kind: FileChange['kind']) => all.filter((one) => one.kind === kind).length;
        const counts = { added: count('added'), changed: count('changed'), deleted: count('deleted') };
        return { host, container: nameOf(container), ...counts, changes };
      },
    );
    return { ...timed(request, deps.now(), found.failures), hosts: found.hosts, containers: found.values };
  },
);
