import type { Deps } from './deps.ts';
import type { Request, Run } from './request.ts';

/** What a command does: plain data in, plain data out, no state of its own. */
export interface Handler<Args, Result, Progress = never> {
  /** The dependencies it is given; there are no others for it. */
  readonly needs: readonly (keyof Deps)[];
  run(request: Request<Args>, deps: Deps, run: Run<Progress, Result>): Promise<Result>;
}

/** Declares a handler: `handler<Args, Result>()(['store'], async (request, { store }) => …)`. */
export function handler<Args, Result, Progress = never>() {
  return <const Need extends keyof Deps>(
    needs: readonly Need[],
    work: (request: Request<Args>, deps: Pick<Deps, Need>, run: Run<Progress, Result>) => Promise<Result>,
  ): Handler<Args, Result, Progress> => ({
    needs,
    run: (request, deps, run) => work(request, pick(deps, needs), run),
  });
}

function pick<T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, Key>;
}
