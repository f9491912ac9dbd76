import semver from 'semver';
import { z } from 'zod';
import { parseJson } from '../../paced/json.ts';
import { ScanError } from '../errors.ts';
import type { RawFormat, Scanner, ScannerVersion, ScanTarget } from '../report.ts';
import { readWhole, runScanner, type ScannerCall, type ScannerContext } from '../run-scanner.ts';
import { readTrivy } from './report.ts';

/** Before it, Trivy gave the account of one registry to another that asked for it (CVE-2024-35192). */
const OLDEST = '0.51.2';
/** Published by attackers who held Aqua's release keys in March 2026: these versions send out what they can read (CVE-2026-33634). */
const MALICIOUS: readonly string[] = ['0.69.4', '0.69.5', '0.69.6'];

const VERSION_MS = 15_000;
const MOST_VERSION = 100_000;
const MOST_RAW = 20_000_000;

const Version = z.lazy(() =>
  z.looseObject({
    Version: z.string().max(100),
    VulnerabilityDB: z
      .looseObject({ UpdatedAt: z.string().max(100).optional() })
      .nullish()
      .catch(undefined),
  }),
);

/** Trivy as a program, alone or as the client of its server. */
export function createTrivy(context: ScannerContext): Scanner {
  const { config } = context;
  const { command = 'trivy' } = config;
  const call = (args: readonly string[], env: Record<string, string>, deadlineMs: number): ScannerCall => ({
    name: 'Trivy',
    command,
    args,
    env: { ...QUIET, ...env },
    deadlineMs,
  });
  const image = (target: ScanTarget, format: string) =>
    call(imageArgs(context, target, format), imageEnv(context, target), config.timeout);
  return {
    kind: 'trivy',
    async version(signal) {
      const asked = call(['version', '--format', 'json'], {}, VERSION_MS);
      const bytes = await runScanner(asked, readWhole(MOST_VERSION), context, signal);
      return versionIn(await parseJson(bytes).catch(() => undefined));
    },
    scan: (target, signal) => runScanner(image(target, 'json'), readTrivy, context, signal),
    async raw(target, format, signal) {
      const bytes = await runScanner(image(target, FORMATS[format]), readWhole(MOST_RAW), context, signal);
      return bytes.toString('utf8');
    },
  };
}

const FORMATS: Readonly<Record<RawFormat, string>> = { sarif: 'sarif', cyclonedx: 'cyclonedx' };

/** As variables, since an older Trivy refuses options that it does not know. */
const QUIET = { TRIVY_DISABLE_TELEMETRY: 'true', TRIVY_SKIP_VERSION_CHECK: 'true' };

/** No secret is among them: everybody on the machine can read the arguments of a program. */
function imageArgs({ config }: ScannerContext, { repository, digest, platform }: ScanTarget, format: string): string[] {
  return [
    'image',
    '--format',
    format,
    '--quiet',
    '--image-src',
    'remote',
    '--scanners',
    'vuln',
    '--timeout',
    `${Math.ceil(config.timeout / 1000)}s`,
    ...(format === 'json' ? ['--list-all-pkgs=false', '--show-suppressed'] : []),
    ...(config.server === undefined ? [] : ['--server', config.server]),
    ...(config.offline ? ['--skip-db-update', '--skip-java-db-update', '--offline-scan'] : []),
    ...(platform === undefined ? [] : ['--platform', platform]),
    `${repository}@${digest}`,
  ];
}

function imageEnv(context: ScannerContext, { repository }: ScanTarget): Record<string, string> {
  const { token } = context.config;
  const { account, ca, isInsecure } = context.registry(repository.slice(0, repository.indexOf('/')));
  return {
    ...(token === undefined ? {} : { TRIVY_TOKEN: token }),
    ...(account === undefined ? {} : { TRIVY_USERNAME: account.username, TRIVY_PASSWORD: account.password }),
    // Beside it, Go reads the folder of the certificates that the machine trusts.
    ...(ca === undefined ? {} : { SSL_CERT_FILE: ca }),
    ...(isInsecure ? { TRIVY_INSECURE: 'true' } : {}),
  };
}

function versionIn(answer: unknown): ScannerVersion {
  const read = Version.safeParse(answer);
  if (!read.success) throw new ScanError('invalid_answer', 'the program does not give its version as Trivy does');
  const { Version: version, VulnerabilityDB: database } = read.data;
  if (MALICIOUS.includes(version.replace(/^v/u, '')))
    throw new ScanError('malicious', `Trivy ${version} is a malicious release (CVE-2026-33634)`);
  if (semver.valid(version) !== null && !semver.gte(version, OLDEST))
    throw new ScanError('old', `Trivy ${version} is older than ${OLDEST}, which gives accounts of registries away`);
  return { version, database: database?.UpdatedAt };
}
