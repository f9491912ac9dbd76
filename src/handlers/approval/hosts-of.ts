import { z } from 'zod';
import { untrustedError } from './errors.ts';

const WithHosts = z.object({ hosts: z.array(z.object({ host: z.string() })) });

/** Every host that a stored plan of any kind is for. Throws a `UserError` when it is not a plan. */
export function hostsOf(plan: unknown): string[] {
  const read = WithHosts.safeParse(plan);
  if (!read.success) throw untrustedError('request');
  return read.data.hosts.map(({ host }) => host);
}
