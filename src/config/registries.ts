import { z } from 'zod';

/** Products and services that Fairlead knows beyond the Distribution API. */
const KINDS = [
  'dockerhub',
  'harbor',
  'nexus',
  'distribution',
  'ghcr',
  'gitlab',
  'quay',
  'ecr',
  'artifact-registry',
  'acr',
] as const;
export type RegistryKind = (typeof KINDS)[number];

const PASSWORD = 'Name a variable of the environment; never the password itself';

export const Registry = z.lazy(() =>
  z
    .strictObject({
      kind: z.enum(KINDS).optional().meta({ description: 'Which product it is; found out when left out' }),
      username: z.string().optional().meta({ description: 'A read-only robot account; leave out for anonymous pulls' }),
      password: z.string().optional().meta({ description: PASSWORD }),
      push: z
        .strictObject({ username: z.string(), password: z.string().meta({ description: PASSWORD }) })
        .optional()
        .meta({ description: 'The account for pushing; without it, pushes use the account for pulling' }),
      ca: z
        .string()
        .optional()
        .meta({ description: 'File with the CA of its certificate, relative to this file; public CAs stay trusted' }),
      insecure: z
        .literal(true)
        .optional()
        .meta({ description: 'Speak plain http to it: passwords and images can be read and changed on the way' }),
      tokenServer: z
        .url({ protocol: /^https?$/u, error: 'is an address such as https://auth.example.com' })
        .optional()
        .meta({
          description: 'Where the registry sends for tokens when that is another host; the account goes nowhere else',
        }),
      mirror: z
        .string()
        .regex(
          /^[^\s/:@]+(?::\d{1,5})?(?:\/[a-z0-9._-]+)*$/u,
          'is a registry, with the path below which it has the repositories, such as harbor.example.com/hub',
        )
        .optional()
        .meta({
          description:
            'Asked first when Fairlead reads: a registry of this list, with the path below which it has the repositories',
        }),
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
      error: 'needs both username and password, or neither',
    })
    .refine(({ ca, insecure }) => ca === undefined || insecure === undefined, {
      error: 'has ca and insecure: plain http has no certificate. Remove one of them',
    }),
);
export type RegistryConfig = z.infer<typeof Registry>;
