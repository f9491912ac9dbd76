import { nearest } from '../commands/nearest.ts';
import type { Container, Engine } from '../docker/engine.ts';
import { code, UserError } from '../errors.ts';

/**
 * The container a person means: an exact name, else an id or its first four or more digits. Typed text is only compared
 * here; what goes to the engine afterwards is the full id. Undefined when this host has none.
 */
export async function findContainer(
  engine: Engine,
  typed: string,
  signal: AbortSignal,
): Promise<{ found: Container | undefined; names: readonly string[] }> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const names = containers.flatMap((container) => container.names);
  const named = containers.find((container) => container.names.includes(typed));
  if (named) return { found: named, names };
  if (!/^[0-9a-f]{4,64}$/u.test(typed)) return { found: undefined, names };
  const byId = containers.filter((container) => container.id.startsWith(typed));
  if (byId.length > 1)
    throw new UserError(
      'ambiguous',
      `${code(typed)} is the beginning of ${byId.length} container ids.`,
      byId
        .slice(0, 5)
        .map((item) => `\`${item.id.slice(0, 12)}\` ${item.names[0] ?? ''}`)
        .join(', '),
    );
  return { found: byId[0], names };
}

export function noContainer(typed: string, hosts: readonly string[], names: readonly string[]): UserError {
  const near = nearest(typed, names);
  const tip = near === undefined ? 'See `/ps -a`.' : `Did you mean \`${near}\`?`;
  return new UserError('not_found', `There is no container ${code(typed)} on ${hosts.join(', ')}.`, tip);
}
