import { z } from 'zod';
import { Label, Name, Services } from './words.ts';

/** What a receiver can be told. */
export const CHANGE_TYPES = ['deployment.started', 'deployment.ended'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** Bytes of a key that signs webhooks, as the Standard Webhooks specification bounds them. */
const KEY_BYTES = { least: 24, most: 64 };

const Address = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (!url || !/^https?:$/u.test(url.protocol)) issue('must be an http or https address');
  else if (url.username !== '' || url.password !== '') issue('must have no account in it');
});

const Secret = z
  .string()
  .refine((text) => {
    const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/u.exec(text)?.[1];
    const { length } = Buffer.from(key ?? '', 'base64');
    return length >= KEY_BYTES.least && length <= KEY_BYTES.most;
  }, 'must be whsec_ and 24 to 64 bytes in base64: echo "whsec_$(openssl rand -base64 32)"')
  .optional()
  .meta({ description: 'Signs each request; name a variable of the environment, never the secret itself' });

const Token = z.string().min(1).meta({ description: 'Name a variable of the environment, never the token itself' });

const Repository = z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/u, 'must be owner/name, like acme/shop');

const common = {
  services: Services.optional().meta({ description: 'Only for these services; without it for all' }),
  events: z
    .array(z.enum(CHANGE_TYPES))
    .min(1)
    .default([...CHANGE_TYPES])
    .meta({
      description: 'What is sent: that a deployment started, and how it ended',
    }),
};

const Webhook = z.lazy(() =>
  z.strictObject({
    kind: z.literal('webhook'),
    url: Address.meta({ description: 'Takes a JSON document by POST, as the Standard Webhooks specification has it' }),
    secret: Secret,
    ...common,
  }),
);

const PagerDuty = z.lazy(() =>
  z.strictObject({
    kind: z.literal('pagerduty'),
    routingKey: z
      .string()
      .regex(/^[A-Za-z0-9]{32}$/u, 'must be the 32 characters of an integration key of a service')
      .refine(
        (key) => !key.startsWith('R'),
        'is the key of a ruleset, which takes no change events; use one of a service',
      )
      .meta({ description: 'Integration key (Events API v2) of a PagerDuty service, from the environment' }),
    url: Address.default('https://events.pagerduty.com').meta({
      description: 'In the EU: https://events.eu.pagerduty.com',
    }),
    ...common,
  }),
);

const Grafana = z.lazy(() =>
  z.strictObject({
    kind: z.literal('grafana'),
    url: Address.meta({ description: 'Of the Grafana, with its path if it has one' }),
    token: Token,
    ...common,
  }),
);

const GitHub = z.lazy(() =>
  z
    .strictObject({
      kind: z.literal('github'),
      token: Token,
      url: Address.default('https://api.github.com').meta({
        description: 'Of an Enterprise Server: https://github.example.com/api/v3',
      }),
      repositories: z.record(Name, Repository).meta({ description: 'The repository of each service: shop: acme/shop' }),
      ref: z
        .string()
        .regex(/^[\w./-]*\{tag\}[\w./-]*$/u, 'must have {tag} in it')
        .default('{tag}')
        .meta({
          description: 'Git tag of a version whose commit is not known; {tag} is the tag of the image',
        }),
      events: common.events,
    })
    .refine(({ repositories }) => Object.keys(repositories).length > 0, {
      path: ['repositories'],
      error: 'needs at least one service',
    }),
);

const Receiver = z.lazy(() => z.discriminatedUnion('kind', [Webhook, PagerDuty, Grafana, GitHub]));

/** Who outside is told of deployments. */
export const Changes = z.strictObject({
  environment: Label.default('env').meta({ description: 'The label of hosts that names their environment' }),
  receivers: z
    .record(Name, Receiver)
    .refine((receivers) => Object.keys(receivers).length <= 20, 'takes at most 20 receivers')
    .default({})
    .meta({ description: 'Each by a name of its own, which the log and `fairlead check` use' }),
});

export type ReceiverConfig = z.infer<typeof Receiver>;
type Kind = ReceiverConfig['kind'];
export type ReceiverOf<K extends Kind> = Extract<ReceiverConfig, { readonly kind: K }>;

export interface ChangesConfig {
  readonly environment: string;
  readonly receivers: ReadonlyMap<string, ReceiverConfig>;
}

/** Services that a receiver is told of; undefined for all. */
export const servicesOf = (receiver: ReceiverConfig): readonly string[] | undefined =>
  receiver.kind === 'github' ? Object.keys(receiver.repositories) : receiver.services;

/** Names of the receivers that are told of an event of a service. */
export function receiversOf({ receivers }: ChangesConfig, type: ChangeType, service: string): readonly string[] {
  return [...receivers].flatMap(([name, receiver]) => {
    const isWanted = receiver.events.includes(type) && (servicesOf(receiver)?.includes(service) ?? true);
    return isWanted ? [name] : [];
  });
}

/** Values that are shown nowhere. */
export const receiverSecrets = ({ receivers }: ChangesConfig): readonly string[] =>
  [...receivers.values()].flatMap((receiver) => {
    if (receiver.kind === 'webhook') return receiver.secret ?? [];
    return receiver.kind === 'pagerduty' ? receiver.routingKey : receiver.token;
  });
