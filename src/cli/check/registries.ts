import type { Deps } from '../../handlers/deps.ts';
import { rowOf } from '../../handlers/registries/row.ts';
import { RealmRefused, RegistryError } from '../../registry/errors.ts';
import { explainRegistry } from '../../registry/explain.ts';
import { readState } from '../../registry/status.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

type CheckDeps = Pick<Deps, 'config' | 'now' | 'redact' | 'registries'>;

const DEADLINE_MS = 8000;
/** What `checkOne` says itself. */
const SAID: readonly string[] = ['unreachable', 'not-a-registry', 'login-refused', 'login-failed'];

/** Whether each registry is one, takes its accounts, and goes on doing so. */
export async function checkRegistries(deps: CheckDeps): Promise<Finding[]> {
  const found = await Promise.all([...deps.config.registries.keys()].map((host) => checkWhole(host, deps)));
  return found.flat();
}

async function checkWhole(host: string, deps: CheckDeps): Promise<Finding[]> {
  const [first, state] = await Promise.all([
    checkOne(host, deps),
    readState(host, deps, AbortSignal.timeout(DEADLINE_MS)),
  ]);
  const { problems } = rowOf(state, { now: deps.now(), redact: deps.redact });
  const others = problems.filter(({ id }) => !SAID.includes(id));
  return [first, ...others.map(({ what, tryThis }) => warn(`registry ${host}: ${what}`, tryThis))];
}

async function checkOne(host: string, { config, registries }: CheckDeps): Promise<Finding> {
  const hasAccount = config.registries.get(host)?.username !== undefined;
  try {
    const status = await registries.tryAccount(host, AbortSignal.timeout(DEADLINE_MS));
    if (status === 200)
      return ok(`registry ${host}: ${hasAccount ? 'account accepted' : 'answers without an account'}`);
    if (status === 401 && !hasAccount) return ok(`registry ${host}: answers; the config has no account for it`);
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
        error.server === undefined
          ? 'Is that the address of a registry? It answers as none does.'
          : `If that is its token server, add tokenServer: ${error.server} under registries.${host}.`,
      );
    if (!(error instanceof RegistryError)) throw error;
    const { summary, tryThis } = explainRegistry(error);
    return fail(`registry ${host}: ${summary}`, tryThis);
  }
}
