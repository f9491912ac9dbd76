import { z } from 'zod';
import { SEVERITIES, type Severity } from '../../domain/finding.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { parseReference } from '../../domain/reference.ts';
import { defineCommand, field } from '../language/define.ts';

/** `critical,high` */
const Severities = z.string().transform((text, context): Severity[] => {
  const words = text.split(',').map((word) => word.trim().toUpperCase());
  const known = SEVERITIES.filter((severity) => words.includes(severity));
  if (known.length === new Set(words).size) return known;
  const issue = `is one or more of ${SEVERITIES.join(',')}`;
  context.addIssue({ code: 'custom', message: issue });
  return z.NEVER;
});

const areSeverities = (text = '') =>
  text !== '' && text.split(',').every((one) => SEVERITIES.some((severity) => severity === one.toUpperCase()));

export const ScanArgs = z.lazy(() =>
  z.strictObject({
    image: field(z.string().min(1).max(600), {
      position: 1,
      description: 'An image, or a container or service: what it runs',
    }),
    severity: field(Severities.optional(), {
      short: 's',
      value: 'CRITICAL,HIGH',
      description: 'List only these; the others are counted',
    }),
    ignoreUnfixed: field(z.boolean().default(false), { description: 'Leave out what no version fixes yet' }),
    format: field(z.enum(['table', 'json', 'sarif', 'cyclonedx']).optional(), {
      short: 'f',
      description: 'The whole report as a file as well',
    }),
  }),
);
export type ScanArgs = z.infer<typeof ScanArgs>;

/** A name without any of these is a container's or service's. */
const isImage = (text: string) => /[/:@]/u.test(text);

const ONLY = phrase`Say which severities: ${commandLine('scan nginx:1.27 --severity CRITICAL,HIGH')}.`;
const NO_EXIT: string = 'A deploy is held up by `gates.vulnerabilities` in the config.';

export const scan = defineCommand({
  name: 'scan',
  summary: 'List the vulnerabilities of an image, worst first',
  slash: true,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: ScanArgs,
  serviceOf: ({ image }) => (isImage(image) ? undefined : image),
  imageOf: ({ image }) => (isImage(image) ? parseReference(image) : undefined),
  examples: [
    '/scan shop @web-1',
    '/scan harbor.example.com/devops/shop:2.4.1 --severity CRITICAL,HIGH --ignore-unfixed',
    '/scan nginx:1.27 --format sarif',
  ],
  habits: {
    'q quiet no-progress skip-version-check disable-telemetry': 'ignored',
    'only-severity=': { as: (value) => (value === '' ? undefined : ['--severity', value]), say: ONLY },
    'only-fixed': { as: () => ['--ignore-unfixed'], say: 'Use `--ignore-unfixed`.' },
    'exit-code= e fail-on=': NO_EXIT,
    'scanners= pkg-types= vuln-type=': 'Packages of the system and of languages are scanned for vulnerabilities.',
    'server= token= db-repository= timeout=': 'The scanner is set in the config, under `scanner`.',
    'ignorefile= vex=': 'What is accepted for a time is named in the config, under `waivers`.',
  },
  // `/scan shop critical`
  rewrite: (words) =>
    /^[^-@]/u.test(words[0] ?? '') && areSeverities(words[1]) ? words.toSpliced(1, 0, '--severity') : words,
});
