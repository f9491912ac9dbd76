import { SPECS } from './commands/index.ts';
import { type Config, type Environment, recordKeys } from './config.ts';
import { createBudget } from './docker/limits/budget.ts';
import { UserError } from './domain/errors.ts';
import type { DecideDeps } from './handlers/deciding.ts';
import { redactorOf } from './policy/known-secrets.ts';
import type { Ahead } from './store/postgres/ahead.ts';
import { openStore } from './store/store.ts';

/** What decides whether a line may be carried out, but for who asks: nothing of it knows a host, a registry or Slack. */
export type Admission = Pick<DecideDeps, 'budget' | 'config' | 'now' | 'redact' | 'specs' | 'store'>;

/** Opens the store, on a connection that was made `ahead` if there is one. Rejects with a `UserError` when that, or the environment, cannot be used. */
export async function openAdmission(config: Config, env: Environment, ahead?: Ahead): Promise<Admission> {
  if (config.approvals.some(({ stepUp }) => stepUp === 'totp') && env.FAIRLEAD_TOTP_KEY === undefined)
    throw new UserError(
      'not_configured',
      'A rule under approvals asks for stepUp: totp, and FAIRLEAD_TOTP_KEY is not set.',
      'Make one with `openssl rand -hex 32`, and keep it: enrolments cannot be read without it.',
    );
  const keys = { record: recordKeys(env), totp: env.FAIRLEAD_TOTP_KEY, token: env.SLACK_BOT_TOKEN };
  const store = await openStore(env.DATABASE_URL, keys, ahead);
  const inMemory = createBudget(config.budget);
  return {
    config,
    specs: SPECS,
    store,
    redact: redactorOf(config, env),
    budget: {
      spend: async (person) => (store.isShared ? store.budgets.spend(person, config.budget) : inMemory(person)),
    },
    now: store.time.now,
  };
}
