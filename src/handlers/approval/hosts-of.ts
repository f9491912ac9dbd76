import { z } from 'zod';
import { untrustedError } from './errors.ts';

const WithHosts = z.object({ hosts: z.array(z.object({ host: z.string() })) });

/** All hosts of a stored plan of any kind. Throws a `UserError` when the plan cannot be read. */
export function hostsOf(plan: unknown): string[] {
  const read = WithHosts.safeParse(plan);
  if (!read.success) throw untrustedError('request');
  return read.data.hosts.map(({ host }) => host);
}
