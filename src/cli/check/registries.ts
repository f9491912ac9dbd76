import type { Config } from '../../config.ts';
import { messageOf } from '../../errors.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Whether each registry is one, and takes its account. */
export function checkRegistries(config: Config): Promise<Finding[]> {
  return Promise.all([...config.registries].map(([host, account]) => checkOne(host, account)));
}

async function checkOne(
  host: string,
  account: { readonly username: string; readonly password: string },
): Promise<Finding> {
  const scheme = /^(?:localhost|127\.)/u.test(host) ? 'http' : 'https';
  const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  try {
    const { status } = await fetch(`${scheme}://${host}/v2/`, {
      headers: { authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    });
    // A registry with tokens answers 401 to any password here; the password is only tested by a pull then.
    if (status === 200) return ok(`registry ${host}: account accepted`);
    if (status === 401)
      return fail(
        `registry ${host}: answered 401`,
        `Check username and password under registries.${host}; a registry with tokens is tested by a /pull.`,
      );
    return fail(
      `registry ${host}: answered ${status}`,
      'Is that the address of a registry? Each needs its own port or name.',
    );
  } catch (error) {
    const cause = messageOf((error as Error).cause ?? error);
    return fail(`registry ${host}: ${cause}`, 'Check the address, DNS and certificate.');
  }
}
