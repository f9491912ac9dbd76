import { z } from 'zod';
import { Severities } from './scanner.ts';
import { Groups, Hosts, Services } from './words.ts';

/** What a deploy is held up by because of vulnerabilities that it brings to a host. */
export const VulnerabilityGate = z.lazy(() =>
  z
    .strictObject({
      severity: Severities.prefault(['CRITICAL']).meta({ description: 'Introduced ones of these hold a deploy up' }),
      knownExploited: z.boolean().default(true).meta({ description: 'So do those exploited now, of any severity' }),
      action: z
        .enum(['approve', 'refuse'])
        .default('approve')
        .meta({ description: 'Ask a further approval, or refuse the deploy' }),
      unscanned: z
        .enum(['approve', 'refuse', 'allow'])
        .default('approve')
        .meta({ description: 'What happens where there is no report, or the scanner cannot judge the image' }),
      from: Groups.optional().meta({ description: 'Groups that give the further approval' }),
      count: z.int().min(1).max(10).default(1).meta({ description: 'How many different people of them' }),
      hosts: Hosts.prefault('all'),
      services: Services.optional().meta({ description: 'Only for these services; without it for all' }),
    })
    .refine(({ from, action, unscanned }) => from !== undefined || (action !== 'approve' && unscanned !== 'approve'), {
      path: ['from'],
      error: 'names who gives the further approval; or set action: refuse, and unscanned: refuse or allow',
    }),
);

export const Gates = z.strictObject({ vulnerabilities: VulnerabilityGate.optional() });
