import { HOSTS_AT_ONCE } from '../../docker/limits/hosts.ts';
import { atOnce } from '../../paced/at-once.ts';

/**
 * Runs `work` on all hosts, at most `HOSTS_AT_ONCE` at once. A bug on one host must not leave another half-way: waits
 * for all hosts, then throws the first error.
 */
export async function onAll(hosts: readonly string[], work: (host: string) => Promise<void>): Promise<void> {
  const outcomes = await atOnce(hosts, HOSTS_AT_ONCE, async (host) => (await Promise.allSettled([work(host)]))[0]);
  const broken = outcomes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
}
