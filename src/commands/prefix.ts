import { UMBRELLA } from './define.ts';
import { SPECS } from './index.ts';

const names = (specs: readonly { readonly name: string }[]) => specs.map(({ name }) => name).join('|');
/** `/dock plan`, but not the same letters inside a path or an address. */
const UMBRELLA_COMMAND = new RegExp(`(?<![\\w/.:-])/(?=${UMBRELLA} (?:${names(SPECS)})\\b)`, 'gu');
/** A command with arguments at the start of a code span: `/rollback shop`. A path alone, as in `/logs`, stays. */
const SLASH_COMMAND = new RegExp(`(?<=\`)/(?=(?:${names(SPECS.filter(({ slash }) => slash))}) )`, 'gu');

/** A cell that is a command line, as in the audit log. */
const COMMAND_LINE = new RegExp(`^/(?=(?:${names(SPECS.filter(({ slash }) => slash))})(?: |$))`, 'u');

/** A cell of a table; where it is a command line, as people type it. */
export function spelledCell(text: string, prefix: string): string {
  return spelled(text.replace(COMMAND_LINE, `/${prefix}`), prefix);
}

/** Our own text with its commands as they are typed in this workspace: `/dock plan` is `/d-dock plan` with that prefix. */
export function spelled(text: string, prefix: string): string {
  if (prefix === '') return text;
  return text.replace(UMBRELLA_COMMAND, `/${prefix}`).replace(SLASH_COMMAND, `/${prefix}`);
}
