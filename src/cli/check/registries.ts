import type { Config } from '../../config.ts';
import { createRegistries, type Registries } from '../../registry/client.ts';
import { RealmRefused, RegistryError } from '../../registry/errors.ts';
import { explainRegistry } from '../../registry/explain.ts';
import { type Finding, fail, ok } from './finding.ts';

/** Whether each registry is one, and takes its account. */
export function checkRegistries(config: Config): Promise<Finding[]> {
  const registries = createRegistries(config);
  return Promise.all([...config.registries.keys()].map((host) => checkOne(host, registries)));
}

async function checkOne(host: string, registries: Registries): Promise<Finding> {
  try {
    const status = await registries.tryAccount(host, AbortSignal.timeout(5000));
    if (status === 200) return ok(`registry ${host}: account accepted`);
    if (status === 401 || status === 403)
      return fail(
        `registry ${host}: refuses the account (${status})`,
        `Check username and password under registries.${host}; a robot account may have been renewed or have expired.`,
      );
    return fail(
      `registry ${host}: answered ${status}`,
      'Is that the address of a registry? Each needs its own port or name.',
    );
  } catch (error) {
    if (error instanceof RealmRefused)
      return fail(
        `registry ${host}: ${error.said}, which the config does not name for it`,
        `If that is its token server, add tokenServer: ${error.origin} under registries.${host}.`,
      );
    if (!(error instanceof RegistryError)) throw error;
    const { summary, tryThis } = explainRegistry(error);
    return fail(`registry ${host}: ${summary}`, tryThis);
  }
}
