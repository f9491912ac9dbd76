import type { UpdateArgs } from '../../commands/lifecycle/update.ts';
import { UserError } from '../../domain/errors.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';
import type { Act } from './types.ts';

export const update = lifecycle<UpdateArgs>(ofContainers, actOf);

function actOf({ memory, memorySwap, cpus, pidsLimit, restart }: UpdateArgs): Act {
  const [name = '', times = '0'] = restart?.split(':') ?? [];
  const limits = {
    memory,
    memorySwap,
    nanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    pids: pidsLimit,
    restart: restart === undefined ? undefined : { name, maximumRetryCount: Number(times) },
  };
  if (Object.values(limits).every((value) => value === undefined))
    throw new UserError(
      'bad_input',
      'Say what to change: `--memory`, `--memory-swap`, `--cpus`, `--pids-limit` or `--restart`.',
      undefined,
      { field: 'memory' },
    );
  return { action: 'update', limits };
}
