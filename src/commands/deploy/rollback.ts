import { z } from 'zod';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { looksLikeVersion } from '../../domain/typed-version.ts';
import { defineCommand, field } from '../language/define.ts';
import { NOT_SCHEDULED } from '../language/how-long.ts';
import { OneTimeCode, Reason } from '../language/reason.ts';
import { serviceAndVersion, Wanted } from './deploy.ts';
import { ROLLOUT_HABITS } from './rollout-habits.ts';
import { Target } from './target.ts';

export const RollbackArgs = z.lazy(() =>
  z.strictObject({
    service: field(Target, { position: 1, value: 'service', description: 'A service of the config, or a container' }),
    to: field(Wanted.optional(), {
      value: 'tag|digest',
      description: 'Which version; without it, the list to choose from',
    }),
    reason: field(Reason.optional(), { value: 'text', isText: true, description: 'Why, for those who approve' }),
    plan: field(z.boolean().default(false), { description: 'Show the plan and stop' }),
    breakGlass: field(z.boolean().default(false), {
      description: 'Skip approval and freeze, loudly, where the config allows it to you; needs --reason',
    }),
    code: OneTimeCode,
  }),
);

export type RollbackArgs = z.infer<typeof RollbackArgs>;

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Roll back to a version that was verified healthy',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  findsHost: true,
  args: RollbackArgs,
  serviceOf: ({ service }) => service,
  examples: ['/rollback shop', '/rollback shop 1.3.2 --reason "checkout errors"'],
  habits: {
    ...ROLLOUT_HABITS,
    'd detach f force q quiet': 'ignored',
    'to-revision=': phrase`Name the version: ${commandLine('rollback shop 1.3.2')}. ${commandLine('rollback shop')} lists them.`,
    'at in when schedule delay=': NOT_SCHEDULED,
  },
  // As `/deploy shop 1.3.2` is said. What comes before the service is an option's, and then everything is said with options.
  rewrite(words) {
    const [service, ...rest] = serviceAndVersion(words);
    const [version, ...more] = rest[0] === 'to' ? rest.slice(1) : rest;
    const isPlain = [service, version].every((word) => word !== undefined && !/^[-@]/u.test(word));
    // More words are a sentence: its first one is the version, or belongs to it.
    const isNamed = /^(?:[-@]|$)/u.test(more[0] ?? '') || looksLikeVersion(version ?? '');
    return isPlain && isNamed ? [`${service}`, '--to', `${version}`, ...more] : words;
  },
});
