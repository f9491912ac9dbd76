import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { withWord } from '../../choices.ts';
import { inWords, type Looked, nearName, silent } from '../../containers/find-container.ts';
import type { Deps } from '../../deps.ts';
import { misplacedHost } from '../../misplaced-host.ts';
import type { Request } from '../../request.ts';

/**
 * The refusal of a name that is neither a service nor a container: a host in the place of one, or a misspelled name. `names`
 * are those of services and containers that the person may see, `hosts` those that answered.
 */
export function nothingCalled(
  name: string,
  request: Request,
  { hosts, names, failures }: Looked,
  { config, specs }: Pick<Deps, 'config' | 'specs'>,
): UserError {
  const spec = specs.find((one) => one.name === request.command);
  const misplaced = spec && !request.hostsNamed ? misplacedHost({ spec, request }, config) : undefined;
  if (misplaced) return new UserError('host_needed', misplaced.text, misplaced.hint, { choices: misplaced.choices });
  const near = nearName(name, names);
  const nor = hosts.length === 0 ? '' : `, and no container of that name on ${inWords(hosts)}`;
  const right =
    near === undefined || request.line !== request.shownLine ? undefined : withWord(request.line, name, near);
  return new UserError(
    'not_found',
    `There is no service ${code(name)} in the config${nor}.${silent(failures)}`,
    near === undefined ? phrase`See ${commandLine('ps -a')}.` : `Did you mean \`${near}\`?`,
    // A button's line is kept by Slack, so there is none for a line with secrets.
    { choices: near === undefined || right === undefined ? [] : [{ label: near, line: right }] },
  );
}
