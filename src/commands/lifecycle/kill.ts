import { z } from 'zod';
import { parseSignal } from '../../domain/signal.ts';
import { defineCommand, field } from '../language/define.ts';
import { containers, serviceOfContainers, withHosts } from './fields.ts';

/** `-9` and `-HUP` are `-s 9` and `-s HUP`, as a shell's `kill` has them. */
const withSignal = (words: readonly string[]) =>
  words.flatMap((word) =>
    word.startsWith('-') && parseSignal(word.slice(1)) !== undefined ? ['-s', word.slice(1)] : [word],
  );

const Signal = z.string().transform((text, context) => {
  const signal = parseSignal(text);
  if (signal !== undefined) return signal;
  context.addIssue({ code: 'custom', message: 'is a signal such as HUP, SIGTERM or 9' });
  return z.NEVER;
});

export const KillArgs = z.lazy(() =>
  z.strictObject({
    containers,
    signal: field(Signal.prefault('KILL'), { short: 's', value: 'signal', description: 'Another signal than KILL' }),
  }),
);
export type KillArgs = z.infer<typeof KillArgs>;

export const kill = defineCommand({
  name: 'kill',
  summary: 'Kill running containers, or send them a signal',
  slash: false,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: KillArgs,
  serviceOf: serviceOfContainers,
  rewrite: (words) => withSignal(withHosts(words)),
  examples: ['/dock kill shop', '/dock kill -s HUP shop @web-1'],
});
