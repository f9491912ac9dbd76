import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { nextVersions } from '../../../domain/release.ts';
import { withWord } from '../../choices.ts';
import type { Request } from '../../request.ts';

/**
 * The refusal of a name that is not free: why, with the next version as a button, and the line that asks for approval. The
 * next versions are counted from the target alone where `taken` is unknown.
 */
export function notFree(
  why: readonly string[],
  { target, taken }: { readonly target: ImageReference; readonly taken: readonly string[] },
  request: Pick<Request, 'line'>,
): UserError {
  const name = familiar(target);
  const lines = nextVersions(target.tag, [target.tag ?? '', ...taken]).flatMap(({ tag }) => {
    const line = withWord(request.line, name, familiar({ ...target, tag }));
    return line === undefined ? [] : [{ label: tag, line }];
  });
  const force = `${request.line} --force`;
  return new UserError(
    'guardrail',
    `${code(name)} was not changed. ${why.join(' ')}`,
    phrase`Choose another version, or ask for approval to replace it: ${commandLine(force)}.`,
    { choices: [...lines, { label: 'Ask to replace it', line: force }] },
  );
}
