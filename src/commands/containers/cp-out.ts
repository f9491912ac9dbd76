import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { defineCommand, field } from '../language/define.ts';

const MOST_PATH = 1000;

/** `shop:/etc/nginx/nginx.conf`; a path without a slash is from the root, as docker has it. */
const FileIn = z.string().transform((text, context) => {
  const colon = text.indexOf(':');
  const [container, path] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (CONTAINER_NAME.test(container) && path !== '' && path.length <= MOST_PATH && !/\p{Cc}/u.test(path))
    return { container, path: path.startsWith('/') ? path : `/${path}` };
  context.addIssue({ code: 'custom', message: 'is a container and a path in it, such as shop:/etc/hosts' });
  return z.NEVER;
});

export const CpOutArgs = z.lazy(() =>
  z.strictObject({
    file: field(FileIn, { position: 1, value: 'container:path', description: 'The file: shop:/etc/nginx/nginx.conf' }),
  }),
);
export type CpOutArgs = z.infer<typeof CpOutArgs>;

export const cpOut = defineCommand({
  name: 'cp-out',
  summary: 'Send you a small text file of a container, secrets masked',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: CpOutArgs,
  serviceOf: ({ file }) => file.container,
  examples: ['/dock cp-out shop:/etc/nginx/nginx.conf', '/dock cp-out shop:/etc/hosts @web-1'],
  habits: {
    'a archive L follow-link q quiet': 'ignored',
  },
  // `docker cp shop:/etc/hosts .`: where it goes to is the person; and `shop /etc/hosts`.
  rewrite(words) {
    const named = words.flatMap((word, index) =>
      (word.startsWith('-') && word !== '-') || word.startsWith('@') || words[index - 1] === '--on' ? [] : index,
    );
    const [from, to, ...more] = named;
    if (from === undefined || to === undefined || more.length > 0) return words;
    const [first = '', second = ''] = [words[from], words[to]];
    if (!first.includes(':') && second.startsWith('/')) return words.toSpliced(to, 1).with(from, `${first}:${second}`);
    return first.includes(':') && !second.includes(':') ? words.toSpliced(to, 1) : words;
  },
});
