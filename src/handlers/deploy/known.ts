import { nearest } from '../../commands/nearest.ts';
import type { Config } from '../../config.ts';
import { code, UserError } from '../../errors.ts';

/** A service of the config. A lock on a misspelt name would keep nobody from anything, and its history says nothing. */
export function knownService(name: string, config: Config): void {
  if (config.services.has(name)) return;
  const near = nearest(name, [...config.services.keys()]);
  throw new UserError(
    'not_found',
    `There is no service ${code(name)} in the config.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
  );
}
