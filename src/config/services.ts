import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { canonical, parseReference } from '../domain/reference.ts';
import { Container, type ContainerConfig } from './container.ts';
import { duration, Hosts } from './words.ts';

/** How many hosts a wave reaches, counted from the first wave: a number of hosts, or a part of all. */
export type Wave = { readonly hosts: number } | { readonly percent: number };

const WaveText = z
  .union([z.int().min(1), z.string().regex(/^(?:[1-9]\d?|100)%$/u, 'is a number of hosts or a percentage')])
  .transform((wave): Wave => (typeof wave === 'number' ? { hosts: wave } : { percent: Number.parseInt(wave, 10) }));

const Port = z.int().min(1).max(65_535);
const Http = z.lazy(() =>
  z.strictObject({
    port: Port,
    path: z.string().startsWith('/', 'must begin with /').default('/'),
    status: z.int().min(100).max(599).optional().meta({ description: 'Without it anything from 200 to 399' }),
  }),
);
const Probe = z
  .strictObject({ http: Http.optional(), tcp: z.strictObject({ port: Port }).optional() })
  .transform(({ http, tcp }, context) => {
    if (http && !tcp) return { http };
    if (tcp && !http) return { tcp };
    context.addIssue({ code: 'custom', message: 'needs either http or tcp' });
    return z.NEVER;
  });

export const Rollout = z.lazy(() =>
  z.strictObject({
    strategy: z.enum(['auto', 'stop-first', 'start-first']).default('auto'),
    healthyWithin: duration('120s').meta({ description: 'How long the new container may take to be healthy' }),
    stableFor: duration('10s').meta({ description: 'How long it has to stay so' }),
    drain: duration('5s').meta({ description: 'start-first: how long the old one still serves what it began' }),
    keep: z.int().min(1).max(20).default(3).meta({ description: 'How many versions are kept for rollbacks' }),
    waves: z
      .array(WaveText)
      .min(1)
      .refine((waves) => {
        const last = waves.at(-1);
        // One that is none of the forms is still as it was written.
        return typeof last === 'object' && 'percent' in last && last.percent === 100;
      }, 'must end with "100%"')
      .prefault(['100%'])
      .meta({ description: 'How many hosts have it after each wave: [1, "50%", "100%"]' }),
    ask: z.boolean().default(false).meta({ description: 'Require approval between waves' }),
    probe: Probe.optional().meta({ description: 'Asked from Fairlead, beside the health check' }),
  }),
);
/** Times are in milliseconds. */
export type RolloutConfig = z.infer<typeof Rollout>;

const Repository = z.string().transform((text, context) => {
  try {
    const reference = parseReference(text);
    if (reference.tag === undefined && reference.digest === undefined) return canonical(reference);
    context.addIssue({
      code: 'custom',
      message: 'is a repository without tag or digest: those are said when deploying',
    });
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) });
  }
  return z.NEVER;
});

export const Service = z.lazy(() =>
  z
    .strictObject({
      image: Repository.meta({ description: 'The repository, without a tag' }),
      hosts: Hosts,
      container: Container.optional(),
      swarm: z.string().min(1).optional().meta({ description: 'An existing Swarm service instead of a container' }),
      rollout: Rollout.prefault({}),
    })
    .refine(
      (service) => service.container === undefined || service.swarm === undefined,
      'is either a container or a swarm service',
    ),
);

/** Something that is deployed. `image` is the canonical repository: `docker.io/library/nginx`. */
export type ServiceConfig = Pick<z.infer<typeof Service>, 'image' | 'hosts' | 'rollout'> & {
  readonly name: string;
} & (
    | { readonly kind: 'container'; readonly container: ContainerConfig }
    | { readonly kind: 'swarm'; readonly swarm: string }
  );

export function shapeService(name: string, service: z.infer<typeof Service>): ServiceConfig {
  const { image, hosts, rollout, swarm } = service;
  if (swarm !== undefined) return { name, image, hosts, rollout, kind: 'swarm', swarm };
  const container = service.container ?? Container.parse({});
  return { name, image, hosts, rollout, kind: 'container', container: { ...container, name: container.name ?? name } };
}
