import type { Overrides } from '../../../docker/rollout/wanted.ts';
import type { DeployPlan } from './types.ts';

/** Values of variables that were given for one deploy, by their names. */
export type Values = Readonly<Record<string, string>>;

const MASK = '***';

/** As a plan keeps them: names without values. */
export function withoutValues(overrides: Overrides): Overrides {
  if (!overrides.environment) return overrides;
  const names = Object.keys(overrides.environment);
  return { ...overrides, environment: Object.fromEntries(names.map((name) => [name, MASK])) };
}

/** As it is carried out. Undefined when the values are gone. */
export function withValues(plan: DeployPlan, values: Values | undefined): DeployPlan | undefined {
  const names = Object.keys(plan.overrides.environment ?? {});
  if (names.length === 0) return plan;
  if (!values || names.some((name) => !Object.hasOwn(values, name))) return undefined;
  return { ...plan, overrides: { ...plan.overrides, environment: values } };
}
