import { z } from 'zod';
import { Name } from './words.ts';

/** A repository, or a template with `{path}` for an address of single files. */
const Address = z.string().superRefine((text, context) => {
  const address = text.replaceAll('{path}', 'path').replaceAll('{ref}', 'ref');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (!url || !/^https?:$/u.test(url.protocol) || /[{}]/u.test(url.href))
    issue('must be an https address of a repository, or of its files with {path} and {ref}');
  else if (/\{(?:path|ref)\}/u.test(new URL(text.replace(/^(https?:\/\/[^/]*).*$/u, '$1')).host))
    issue('must name the host; {path} and {ref} stand behind it');
  else if (url.username !== '' || url.password !== '') issue('must have no account in it: use token');
});

export const Source = z.lazy(() =>
  z
    .strictObject({
      url: Address.meta({
        description:
          'https://github.com/acme/shop, a GitLab project, or https://git.example.com/acme/shop/raw/{ref}/{path}',
      }),
      kind: z.enum(['github', 'gitlab', 'raw']).optional().meta({
        description: 'Of a server of one’s own; by default by its name: github.com, gitlab.com, or raw with {path}',
      }),
      token: z
        .string()
        .optional()
        .meta({ description: 'Reads this repository; name a variable of the environment, never the token itself' }),
      ref: z
        .string()
        .regex(/^[\w./-]{1,200}$/u, 'is a branch, a tag or a commit')
        .default('HEAD')
        .meta({ description: 'What is read without --ref' }),
    })
    .superRefine((source, context) => {
      const kind = kindOf(source);
      const isTemplate = source.url.includes('{path}');
      if (kind === undefined)
        context.addIssue({ code: 'custom', path: ['kind'], message: 'must be said: github or gitlab' });
      else if ((kind === 'raw') !== isTemplate)
        context.addIssue({
          code: 'custom',
          path: ['url'],
          message: 'must have {path} in it with kind raw, and only then',
        });
      else if (kind === 'github' && new URL(source.url).pathname.split('/').filter(Boolean).length !== 2)
        context.addIssue({
          code: 'custom',
          path: ['url'],
          message: 'must be owner and repository: https://github.com/acme/shop',
        });
    }),
);

type SourceFile = z.infer<typeof Source>;

function kindOf({ url, kind }: Pick<SourceFile, 'url' | 'kind'>): 'github' | 'gitlab' | 'raw' | undefined {
  if (kind !== undefined) return kind;
  if (url.includes('{path}')) return 'raw';
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'github.com' ? 'github' : /^gitlab\./u.test(host) ? 'gitlab' : undefined;
}

export interface SourceConfig extends Omit<SourceFile, 'kind'> {
  readonly kind: 'github' | 'gitlab' | 'raw';
}

export const Sources = z.record(Name, Source).default({}).meta({
  description: 'Repositories that Dockerfiles are read from; no other address is',
});

export const shapeSource = (source: SourceFile): SourceConfig => ({ ...source, kind: kindOf(source) ?? 'raw' });
