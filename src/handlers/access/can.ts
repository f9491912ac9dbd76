import type { CanArgs } from '../../commands/access/can.ts';
import { parseLine } from '../../commands/language/parse.ts';
import { joinWords } from '../../commands/language/words.ts';
import { authorize } from '../../policy/authorize.ts';
import type { Decision } from '../../policy/decision.ts';
import { handler } from '../handler.ts';

export interface CanResult {
  /** Without its secret values. */
  readonly line: string;
  readonly decision: Decision;
  /** The line names no service or container, so it only opens a form, and rules for approval do not count yet. */
  readonly opensForm: boolean;
}

/** Explains a decision by making it: the same parser and the same `authorize` as the real thing. */
export const can = handler<CanArgs, CanResult>()(['config', 'specs'], async (request, deps) => {
  const parsed = parseLine(joinWords(request.args.line), deps.specs, deps.config.slack.prefix);
  const { serviceOf, effect } = parsed.spec;
  const service = serviceOf?.(parsed.args);
  const decision = authorize(
    {
      spec: parsed.spec,
      on: parsed.on,
      service,
      channel: request.channel,
      person: request.person,
      membership: request.membership,
    },
    deps.config,
  );
  const opensForm = serviceOf !== undefined && service === undefined && effect === 'change';
  return { line: parsed.shownLine, decision, opensForm };
});
