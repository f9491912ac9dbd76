import type { CanArgs } from '../../commands/access/can.ts';
import { joinWords } from '../../commands/language/words.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { authorize } from '../../policy/authorize.ts';
import type { Decision } from '../../policy/decision.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { imageOf, readLine } from '../read-line.ts';

export interface CanResult {
  /** Without its secret values. */
  readonly line: string;
  readonly decision: Decision;
  /** The line names no service or container, so it only opens a form, and rules for approval do not count yet. */
  readonly opensForm: boolean;
}

/** A line asked about for somebody else: `can deploy shop as oli`, `can @oli deploy shop`. Undefined for one's own. */
function forOther(line: readonly string[], { specs }: Pick<Deps, 'specs'>) {
  const isCommand = (word = '') => specs.some(({ name }) => name === word.replace(/^\//u, '').toLowerCase());
  const [first = '', second, ...more] = line;
  if (!isCommand(first) && isCommand(second)) return { person: first, line: line.slice(1) };
  return more.length > 0 && line.at(-2)?.toLowerCase() === 'as'
    ? { person: `${line.at(-1)}`, line: line.slice(0, -2) }
    : undefined;
}

/** Explains a decision by making it: the same parser and the same `authorize` as the real thing. */
export const can = handler<CanArgs, CanResult>()(['config', 'redact', 'specs'], async (request, deps) => {
  const other = forOther(request.args.line, deps);
  const parsed = readLine(joinWords(other?.line ?? request.args.line), deps);
  if (other)
    throw new UserError(
      'bad_input',
      phrase`${commandLine('can')} answers for the person who types it, not for ${code(other.person)}.`,
      phrase`They can type ${commandLine(`can ${parsed.shownLine}`)} here.`,
    );
  const { serviceOf, effect } = parsed.spec;
  const service = serviceOf?.(parsed.args);
  const decision = authorize(
    {
      spec: parsed.spec,
      on: parsed.on,
      service,
      image: imageOf(parsed),
      channel: request.channel,
      person: request.person,
      membership: request.membership,
    },
    deps.config,
  );
  const opensForm = serviceOf !== undefined && service === undefined && effect === 'change';
  return { line: parsed.shownLine, decision, opensForm };
});
