import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

/** A container's name, an image with or without its tag or digest, or an id. */
const TARGET = /^[a-zA-Z0-9][\w.:/@-]{0,399}$/u;

export const InspectArgs = z.lazy(() =>
  z.strictObject({
    name: field(z.string().regex(TARGET, 'is a container or image: a name or an id'), {
      position: 1,
      value: 'container or image',
      description: 'Name or id',
    }),
    format: field(z.string().min(1).max(2000).optional(), {
      short: 'f',
      value: 'path',
      isText: true,
      description: 'Only this part: .State.Status, or "{{json .Config}}"',
    }),
    json: field(z.boolean().default(false), { description: 'All of it as JSON, in a file' }),
    type: field(z.enum(['container', 'image']).optional(), { description: 'Which, where both have the name' }),
  }),
);
export type InspectArgs = z.infer<typeof InspectArgs>;

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Show what a container or an image is',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: InspectArgs,
  examples: ['/inspect shop', '/inspect shop --format .State.Health', '/inspect nginx:1.27 --json @web-1'],
  // As docker says it: `image inspect shop:1` and `inspect --type image shop:1`.
  rewrite(words) {
    const [kind = '', name = '-'] = words;
    return /^(?:container|image)$/iu.test(kind) && !/^[-@]/u.test(name)
      ? ['--type', kind.toLowerCase(), ...words.slice(1)]
      : words;
  },
  habits: {
    's size': 'Sizes of containers are not counted.',
  },
});
