import type { NoArgs } from '../../commands/language/no-args.ts';
import { UserError } from '../../domain/errors.ts';
import type { RegistryState } from '../../registry/status.ts';
import { readState } from '../../registry/status.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { type RegistryRow, rowOf } from './row.ts';

export interface RegistriesResult extends Timed {
  readonly rows: readonly RegistryRow[];
}

/** Milliseconds for each registry. */
const DEADLINE_MS = 8000;
/** Registries that are looked at, at once. */
const MOST = 50;

export const registries = handler<NoArgs, RegistriesResult>()(
  ['config', 'now', 'redact', 'registries'],
  async (request, deps, run) => {
    const names = [...deps.config.registries.keys()].slice(0, MOST);
    if (names.length === 0)
      throw new UserError(
        'not_configured',
        'The config names no registries.',
        'Public registries are asked without an account. Add others, and accounts, under registries in the config.',
      );
    const look = (registry: string): Promise<RegistryState> =>
      readState(registry, deps, AbortSignal.any([run.signal, AbortSignal.timeout(DEADLINE_MS)]));
    const states = await Promise.all(names.map(look));
    const now = deps.now();
    const rows = states.map((state) => rowOf(state, { now, redact: deps.redact }));
    return { ...timed(request, now, []), rows: rows.toSorted((a, b) => b.problems.length - a.problems.length) };
  },
);
