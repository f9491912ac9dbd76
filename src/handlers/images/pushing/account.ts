import type { Config } from '../../../config.ts';
import type { RegistryAuth } from '../../../docker/client/call-options.ts';
import type { ImageReference } from '../../../domain/reference.ts';
import { accountOf } from '../../../registry/authorize.ts';

type Registries = Pick<Config, 'registries'>;

/** The account that an engine pushes with: the one for pushing where the config has it, else the registry's only one. */
export function pushAccount({ registry }: ImageReference, { registries }: Registries): RegistryAuth | undefined {
  const account = accountOf(registries.get(registry), 'push');
  return account && { ...account, serverAddress: registry };
}

/** The account in a sentence, by its place in the config. */
export function sayAccount(
  { registry }: Pick<ImageReference, 'registry'>,
  purpose: 'pull' | 'push',
  { registries }: Registries,
): string {
  const own = registries.get(registry);
  if (purpose === 'push' && own?.push !== undefined) return `the account \`registries.${registry}.push\``;
  if (own?.username === undefined) return 'a request without an account';
  return `the account \`registries.${registry}\`${purpose === 'push' ? ' (there is no `push`)' : ''}`;
}
