import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { defineCommand, field } from '../language/define.ts';

/** The engine's own rule: two characters at least. */
const NewName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/u,
    'is a name of 2 to 128 letters, digits, _, . and -, beginning with a letter or digit',
  );

export const RenameArgs = z.lazy(() =>
  z.strictObject({
    container: field(z.string().regex(CONTAINER_NAME, 'is a container name or id'), {
      position: 1,
      description: 'Name or id',
    }),
    name: field(NewName, { position: 2, value: 'new-name', description: 'Its new name' }),
  }),
);
export type RenameArgs = z.infer<typeof RenameArgs>;

export const rename = defineCommand({
  name: 'rename',
  summary: 'Rename a container',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: RenameArgs,
  serviceOf: ({ container }) => container,
  examples: ['/dock rename shop shop-old', '/dock rename 3f9c01ab shop-old @web-1'],
});
