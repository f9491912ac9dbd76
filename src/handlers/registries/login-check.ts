import type { LoginCheckArgs } from '../../commands/registries/login-check.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError, type EngineFault } from '../../docker/client/engine-error.ts';
import { code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import type { Redact } from '../../policy/redact.ts';
import { RegistryError } from '../../registry/errors.ts';
import { explainRegistry } from '../../registry/explain.ts';
import { registryAuth } from '../deploy/planning/target.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { failureOf, settle, timed } from '../over-hosts.ts';
import type { HostFailure, Timed } from '../request.ts';

/** What a login from one place came to. */
export interface LoginCheck {
  readonly registry: string;
  /** A host; `Fairlead` for its own. */
  readonly from: string;
  /** `anonymous`: the registry answers, and the config has no account. `unknown`: this engine cannot tell. */
  readonly outcome: 'works' | 'anonymous' | 'unknown' | 'failed';
  /** The fault of an engine or a registry: `tls_unknown_ca`; empty where nothing failed. */
  readonly fault: string;
  readonly failure: HostFailure | undefined;
}

export interface LoginCheckResult extends Timed {
  readonly registries: readonly string[];
  readonly hosts: readonly string[];
  /** What failed first. */
  readonly checks: readonly LoginCheck[];
}

export const FAIRLEAD = 'Fairlead';
const DEADLINE_MS = 20_000;
const MOST = 20;
/** A repository that nobody has: what an engine says of it tells whether it reached the registry. */
const NOBODYS = 'fairlead-login-check/none';
/** Words of a registry that answered. */
const ANSWERED: ReadonlySet<EngineFault> = new Set([
  'tag_not_found',
  'repository_not_found',
  'auth_or_missing',
  'auth_forbidden',
]);

export const loginCheck = handler<LoginCheckArgs, LoginCheckResult>()(
  ['config', 'hosts', 'now', 'redact', 'registries'],
  async (request, deps, run) => {
    const registries = chosen(request.args.registry, deps.config);
    const signal = AbortSignal.any([run.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const [own, outcomes] = await Promise.all([
      Promise.all(registries.map((registry) => fromFairlead(registry, deps, signal))),
      deps.hosts.each(
        request.hosts,
        (engine, host) => Promise.all(registries.map((registry) => fromHost({ engine, host, registry }, deps, signal))),
        { signal: run.signal, deadlineMs: DEADLINE_MS },
      ),
    ]);
    const { values, failures } = settle(outcomes, deps.redact);
    const checks = [...own, ...values.flatMap(({ value }) => value)];
    return {
      ...timed(request, deps.now(), failures),
      registries,
      hosts: values.map(({ host }) => host),
      checks: checks.toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed')),
    };
  },
);

function chosen(typed: string | undefined, { registries }: Deps['config']): string[] {
  const names = [...registries.keys()];
  if (typed === undefined) {
    if (names.length > 0) return names.slice(0, MOST);
    const hint = 'Add registries and their accounts under registries in the config.';
    throw new UserError('not_configured', 'The config names no registries.', hint);
  }
  if (registries.has(typed)) return [typed];
  const near = nearest(typed, names);
  throw new UserError(
    'not_found',
    `The config names no registry ${code(typed)}.`,
    near === undefined ? `It has ${names.slice(0, 8).map(code).join(', ') || 'none'}.` : `Did you mean ${code(near)}?`,
    near === undefined ? {} : { choices: [{ label: near, line: `login-check ${near}` }] },
  );
}

const done = (registry: string, from: string, outcome: LoginCheck['outcome']): LoginCheck => ({
  registry,
  from,
  outcome,
  fault: '',
  failure: undefined,
});

async function fromFairlead(
  registry: string,
  { config, registries, redact }: Pick<Deps, 'config' | 'registries' | 'redact'>,
  signal: AbortSignal,
): Promise<LoginCheck> {
  const hasAccount = config.registries.get(registry)?.username !== undefined;
  try {
    const status = await registries.tryAccount(registry, signal);
    if (status === 200) return done(registry, FAIRLEAD, hasAccount ? 'works' : 'anonymous');
    if (!hasAccount && status === 401) return done(registry, FAIRLEAD, 'anonymous');
    const fault = status === 401 || status === 403 ? 'unauthorized' : 'refused';
    throw new RegistryError(registry, fault, { status });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { registry, from: FAIRLEAD, outcome: 'failed', fault: error.fault, failure: failed(error, redact) };
  }
}

function failed(error: RegistryError, redact: Redact): HostFailure {
  const { summary, tryThis } = explainRegistry(error);
  return { host: FAIRLEAD, summary, engineSaid: redact(error.said), tryThis };
}

interface OnHost {
  readonly engine: Engine;
  readonly host: string;
  readonly registry: string;
}

/** With an account, the engine signs in; without one, it is asked about a repository that nobody has. */
async function fromHost(
  { engine, host, registry }: OnHost,
  { config, redact }: Pick<Deps, 'config' | 'redact'>,
  signal: AbortSignal,
): Promise<LoginCheck> {
  const reference = `${registry}/${NOBODYS}`;
  const auth = registryAuth(reference, config);
  try {
    if (auth !== undefined) {
      await engine.checkAuth(auth, { signal });
      return done(registry, host, 'works');
    }
    const found = await engine.inspectDistribution(`${reference}:latest`, undefined, { signal });
    return done(registry, host, found === null ? 'unknown' : 'anonymous');
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (auth === undefined && ANSWERED.has(error.fault)) return done(registry, host, 'anonymous');
    // An engine without this call, as Podman's was.
    if (error.fault === 'not_found') return done(registry, host, 'unknown');
    if (error.fault === 'unreachable') throw error;
    const failure = failureOf(host, error, redact, reference);
    return { registry, from: host, outcome: 'failed', fault: error.fault, failure };
  }
}
