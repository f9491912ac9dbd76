import { code, UserError } from '../domain/errors.ts';
import { TemplateError } from '../domain/template/types.ts';

/** Says what is wrong with the template of a `--format`, and shows where; any other error as it is. */
export function templateRefusal(format: string, error: unknown): unknown {
  if (!(error instanceof TemplateError)) return error;
  const here = format.slice(error.at - 1);
  const where = here === '' ? 'at its end' : `at character ${error.at}, ${code(here)}`;
  return new UserError('bad_input', `\`--format\`, ${where}: ${error.message.replace(/[^.?]$/u, '$&.')}`, undefined, {
    field: 'format',
  });
}
