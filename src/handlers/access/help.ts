import type { HelpArgs } from '../../commands/access/help.ts';
import type { CommandSpec } from '../../commands/language/define.ts';
import { commandOf } from '../../commands/language/parse.ts';
import { UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { handler } from '../handler.ts';
import { permitted } from './permitted.ts';

export interface HelpResult {
  /** Command name to the hosts it may be said on; open commands have none. */
  readonly commands: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  readonly detail: string | undefined;
  readonly configured: boolean;
  /** Of the slash commands. */
  readonly prefix: string;
}

export const help = handler<HelpArgs, HelpResult>()(['config', 'specs'], async (request, deps) => {
  const wanted = request.args.command?.replace(/^\//u, '');
  const may = permitted(request, deps);
  const codes = deps.config.approvals.some(({ stepUp }) => stepUp === 'totp');
  const commands = deps.specs
    .filter((spec) => (spec.access === 'open' ? codes || spec.name !== 'totp' : may.has(spec.name)))
    .map((spec) => ({ name: spec.name, hosts: may.get(spec.name) ?? [] }));
  const { prefix } = deps.config.slack;
  const detail = wanted === undefined ? undefined : named(wanted, deps.specs, prefix);
  return { commands, detail, configured: deps.config.channels.has(request.channel), prefix };
});

/** The command that help is asked for. A misspelt one is answered with the line that asks for the right one's help. */
function named(wanted: string, specs: readonly CommandSpec[], prefix: string): string {
  try {
    return commandOf(wanted, specs, prefix).name;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const names = specs.map(({ name }) => name);
    const near = nearest(wanted, names);
    throw near === undefined
      ? error
      : new UserError(error.reason, error.phrase, phrase`Try ${commandLine(`help ${near}`)}`);
  }
}
