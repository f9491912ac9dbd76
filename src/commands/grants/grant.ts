import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { Duration } from '../../domain/duration.ts';
import { defineCommand, field } from '../language/define.ts';
import { SAY_HOW_LONG, withDuration } from '../language/how-long.ts';
import { Reason } from '../language/reason.ts';

const LONGEST_MS = 24 * 3_600_000;

export const GrantArgs = z.lazy(() =>
  z.strictObject({
    what: field(z.enum(['exec', 'end']), { position: 1, value: 'action', description: 'Ask for one, or end one' }),
    // Without it, `end` names the grants there are.
    target: field(z.string().regex(CONTAINER_NAME, 'is a container, or the id of a grant').optional(), {
      position: 2,
      value: 'container',
      description: 'Name or id of the container; with end, the id of the grant',
    }),
    for: field(Duration.refine((ms) => ms <= LONGEST_MS, 'is 24h at most').optional(), {
      value: '30m',
      description: 'How long (30m)',
    }),
    reason: field(Reason.optional(), { value: 'text', isText: true, description: 'Why, for those who approve' }),
  }),
);

export type GrantArgs = z.infer<typeof GrantArgs>;

export const grant = defineCommand({
  name: 'grant',
  summary: 'Ask for a time in which more may be run in a container',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: GrantArgs,
  serviceOf: ({ what, target }) => (what === 'exec' ? target : undefined),
  examples: ['/dock grant exec shop for 30m --reason "orders are stuck"', '/dock grant end 01J…'],
  habits: { 'until=': SAY_HOW_LONG },
  rewrite: (words) => withDuration(withWhat(words), 2),
});

/** `grant shop for 30m` is `grant exec shop for 30m`; a misspelt word before a container is left to be corrected. */
function withWhat(words: readonly string[]): readonly string[] {
  const [first = '-', second = '-'] = words;
  const isContainer = !/^(?:[-@]|exec$|end$)/iu.test(first) && /^(?:[-@]|for$|\d)/u.test(second);
  return isContainer ? ['exec', ...words] : words;
}
