import { z } from 'zod';
import { SEVERITIES } from '../domain/finding.ts';
import { duration } from './words.ts';

export const Severities = z
  .array(z.preprocess((word) => (typeof word === 'string' ? word.toUpperCase() : word), z.enum(SEVERITIES)))
  .min(1);

/** Where vulnerabilities of images are looked up. */
export const Scanner = z.lazy(() =>
  z
    .strictObject({
      kind: z.enum(['trivy', 'grype', 'harbor']).meta({
        description: "A program beside Fairlead, or harbor: the report of the image's own registry",
      }),
      command: z.string().min(1).optional().meta({ description: 'Path of the program; default: its name' }),
      server: z
        .url({ protocol: /^https?$/u, error: 'is an address such as http://trivy.example.com:4954' })
        .optional()
        .meta({ description: "Trivy's server, which has the database; the program is then its client" }),
      token: z.string().min(1).optional().meta({ description: "The server's token, from the environment" }),
      offline: z
        .boolean()
        .default(false)
        .meta({ description: 'Never download a database or look packages up: for machines without the internet' }),
      timeout: duration('5m').meta({ description: 'How long one scan may take' }),
      planning: duration('30s').meta({
        description: 'How long a plan of a deploy waits for a scan; then it says that there is none',
      }),
      fresh: duration('24h').meta({ description: 'How long a report counts before the image is scanned again' }),
      severity: Severities.prefault(['CRITICAL', 'HIGH']).meta({
        description: 'What /scan lists without --severity; the others are counted',
      }),
      kev: z.string().min(1).optional().meta({
        description: "File or address of CISA's catalogue of known exploited vulnerabilities, as JSON",
      }),
      epss: z.string().min(1).optional().meta({
        description: "File or address of FIRST's EPSS scores, as CSV or CSV.gz",
      }),
    })
    .superRefine(({ kind, ...options }, context) => {
      const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      if (kind !== 'trivy') {
        if (options.server !== undefined) issue('server', `belongs to kind: trivy, not ${kind}`);
        if (options.token !== undefined) issue('token', `belongs to kind: trivy, not ${kind}`);
      } else if (options.token !== undefined && options.server === undefined)
        issue('token', 'is for a server: name it');
      if (kind === 'harbor' && options.command !== undefined) issue('command', 'Harbor is asked, no program is run');
    }),
);
export type ScannerConfig = z.infer<typeof Scanner>;
