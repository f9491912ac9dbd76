import type { Overrides } from '../../../docker/rollout/wanted.ts';
import type { DeployPlan } from './types.ts';

/** Values of variables given for one deploy, by name. */
export type Values = Readonly<Record<string, string>>;

const MASK = '***';

/** The names without values, as a plan keeps them. */
export function withoutValues(overrides: Overrides): Overrides {
  if (!overrides.environment) return overrides;
  const names = Object.keys(overrides.environment);
  return { ...overrides, environment: Object.fromEntries(names.map((name) => [name, MASK])) };
}

/** The plan with its values, to be carried out. Undefined when the values cannot be decrypted. */
export function withValues(plan: DeployPlan, values: Values | undefined): DeployPlan | undefined {
  const names = Object.keys(plan.overrides.environment ?? {});
  if (names.length === 0) return plan;
  if (!values || names.some((name) => !Object.hasOwn(values, name))) return undefined;
  return { ...plan, overrides: { ...plan.overrides, environment: values } };
}
