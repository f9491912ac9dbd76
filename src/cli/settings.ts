import { type Config, type Environment, loadConfig, loadEnvironment } from '../config.ts';

export function settings(): { readonly config: Config; readonly env: Environment } {
  const env = loadEnvironment(process.env);
  return { env, config: loadConfig(env.FAIRLEAD_CONFIG, process.env) };
}
