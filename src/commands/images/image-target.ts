import { UserError } from '../../domain/errors.ts';
import { type ImageReference, parseReference } from '../../domain/reference.ts';

/** An image as `/tag` takes it: by name, or by the id that a host knows it by. */
export type ImageSource =
  | { readonly by: 'name'; readonly reference: ImageReference }
  /** `id`: 12 to 64 hex digits, without `sha256:`. */
  | { readonly by: 'id'; readonly id: string };

/** Parses what a person typed; throws a `UserError` that names the part at fault. */
export function parseSource(typed: string): ImageSource {
  const id = /^(?:sha256:)?([0-9a-f]{12,64})$/u.exec(typed)?.[1];
  if (id === undefined) return { by: 'name', reference: parseReference(typed) };
  if (id.length < 64 && typed.startsWith('sha256:'))
    throw new UserError('bad_input', 'A digest is `sha256:` and 64 hex digits.');
  return { by: 'id', id };
}
