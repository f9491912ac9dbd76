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
}

/** Explains a decision by making it: the same parser and the same `authorize` as the real thing. */
export const can = handler<CanArgs, CanResult>()(['config', 'specs'], async (request, deps) => {
  const parsed = parseLine(joinWords(request.args.line), deps.specs, deps.config.slack.prefix);
  const decision = authorize(
    {
      spec: parsed.spec,
      on: parsed.on,
      service: parsed.spec.serviceOf?.(parsed.args),
      channel: request.channel,
      person: request.person,
      membership: request.membership,
    },
    deps.config,
  );
  return { line: parsed.shownLine, decision };
});
