import { z } from 'zod';
import { Duration, parseDuration } from '../../domain/duration.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { defineCommand, field } from '../language/define.ts';
import { durationIn } from '../language/how-long.ts';

export const PRUNABLE = ['images', 'containers', 'volumes', 'networks', 'cache'] as const;
export type Prunable = (typeof PRUNABLE)[number];

const KINDS: Readonly<Record<string, Prunable>> = {
  image: 'images',
  container: 'containers',
  volume: 'volumes',
  network: 'networks',
  builder: 'cache',
  buildx: 'cache',
  ...Object.fromEntries(PRUNABLE.map((one) => [one, one])),
};

/** Docker's `until=24h` is an age, and `dangling=false` is `-a`. */
function olderThan(filter: string): readonly string[] | undefined {
  const [key, value = ''] = filter.split('=');
  if (key === 'until' && parseDuration(value) !== undefined) return ['--older-than', value];
  if (key === 'dangling') return /^(?:false|0)$/u.test(value) ? ['-a'] : [];
  return undefined;
}

/** `/prune images older than 7 days` and `/prune images 7d`; a volume may have such a name. */
function withAge(words: readonly string[], from: number): readonly string[] {
  const isSaid = words[from] === 'older';
  const at = from + (isSaid ? 1 : 0) + (isSaid && words[from + 1] === 'than' ? 1 : 0);
  const said = isSaid || words[from - 1] !== 'volumes' ? durationIn(words.slice(at)) : undefined;
  return said ? [...words.slice(0, from), '--older-than', said.text, ...words.slice(at + said.taken)] : words;
}

export const PruneArgs = z.lazy(() =>
  z
    .strictObject({
      what: field(z.enum(PRUNABLE), { position: 1, value: 'prune target', description: 'What to remove' }),
      names: field(z.array(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/u, 'is a volume name')).default([]), {
        position: 2,
        value: 'name',
        description: 'Named volumes, each by its name',
      }),
      all: field(z.boolean().default(false), {
        short: 'a',
        description: 'Images: every unused one, not only dangling. Cache: shared records too',
      }),
      olderThan: field(Duration.optional(), { value: '7d', description: 'Only what is older' }),
    })
    .superRefine(({ what, names }, context) => {
      if (names.length === 0 || what === 'volumes') return;
      const isKind = names.every((name) => Object.hasOwn(KINDS, name.toLowerCase()));
      const message = isKind ? 'comes alone: prune one kind at a time' : 'is for volumes: only they are pruned by name';
      context.addIssue({ code: 'custom', path: ['names'], message, params: { right: '' } });
    }),
);
export type PruneArgs = z.infer<typeof PruneArgs>;

export const prune = defineCommand({
  name: 'prune',
  summary: 'Remove unused images, containers, volumes, networks or cache, after a preview',
  slash: true,
  access: 'granted',
  effect: 'change',
  onHosts: true,
  args: PruneArgs,
  examples: ['/prune images', '/prune images -a --older-than 7d --on all', '/prune volumes old-data @staging-1'],
  habits: {
    // What goes is shown first, and goes once it is confirmed: there is nothing to force.
    'f force': 'ignored',
    'filter=': {
      as: olderThan,
      say: phrase`Age is given with \`--older-than\`, as in ${commandLine('prune images --older-than 7d')}.`,
    },
    volumes: phrase`Volumes are pruned separately: ${commandLine('prune volumes')} shows the unused ones.`,
    'keep-storage reserved-space max-used-space min-free-space=': phrase`The build cache is selected by age: ${commandLine('prune cache --older-than 7d')}.`,
    'no-prune v verbose': 'ignored',
  },
  // `/prune image` and `/prune Images`, as docker calls the kinds and phones write them.
  rewrite(words) {
    const index = words.findIndex((word) => !word.startsWith('-') && !word.startsWith('@'));
    const kind = Object.hasOwn(KINDS, `${words[index]}`.toLowerCase())
      ? KINDS[`${words[index]}`.toLowerCase()]
      : undefined;
    return kind === undefined ? words : withAge(words.with(index, kind), index + 1);
  },
});
