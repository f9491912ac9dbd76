import type { UpdateArgs } from '../../commands/lifecycle/update.ts';
import type { LimitUpdate } from '../../docker/client/deploy-calls.ts';
import { UserError } from '../../domain/errors.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';
import type { Act } from './types.ts';

export const update = lifecycle<UpdateArgs>(ofContainers, actOf);

function actOf(args: UpdateArgs): Act {
  const limits = limitUpdateOf(args);
  if (Object.values(limits).every((value) => value === undefined))
    throw new UserError(
      'bad_input',
      'Say what to change: `--memory`, `--memory-swap`, `--cpus`, `--pids-limit` or `--restart`.',
      undefined,
      { field: 'memory' },
    );
  return { action: 'update', limits };
}

/** The options of a line as the engine takes them. */
export function limitUpdateOf({ memory, memorySwap, cpus, pidsLimit, restart }: UpdateArgs): LimitUpdate {
  const [name = '', times = '0'] = restart?.split(':') ?? [];
  return {
    memory,
    memorySwap,
    nanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    pids: pidsLimit,
    restart: restart === undefined ? undefined : { name, maximumRetryCount: Number(times) },
  };
}
