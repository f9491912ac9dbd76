import semver from 'semver';
import { z } from 'zod';
import { parseJson } from '../../paced/json.ts';
import { ScanError } from '../errors.ts';
import type { RawFormat, Scanner, ScannerVersion, ScanTarget } from '../report.ts';
import { readWhole, runScanner, type ScannerCall, type ScannerContext } from '../run-scanner.ts';
import { readGrype } from './report.ts';

/** The first whose database is still published, and whose report has EPSS and KEV. */
const OLDEST = '0.92.0';

const VERSION_MS = 15_000;
const MOST_VERSION = 100_000;
const MOST_RAW = 20_000_000;

const Version = z.looseObject({ application: z.literal('grype'), version: z.string().max(100) });

const FORMATS: Readonly<Record<RawFormat, string>> = { sarif: 'sarif', cyclonedx: 'cyclonedx-json' };

/** Grype as a program, which reads the image from its registry. */
export function createGrype(context: ScannerContext): Scanner {
  const { config } = context;
  const { command = 'grype' } = config;
  const call = (args: readonly string[], env: Record<string, string>, deadlineMs: number): ScannerCall => ({
    name: 'Grype',
    command,
    args,
    env: { GRYPE_CHECK_FOR_APP_UPDATE: 'false', ...env },
    deadlineMs,
  });
  const image = (target: ScanTarget, format: string) => {
    const { repository, digest, platform } = target;
    const chosen = platform === undefined ? [] : ['--platform', platform];
    const args = ['-o', format, '-q', ...chosen, `registry:${repository}@${digest}`];
    return call(args, imageEnv(context, target), config.timeout);
  };
  return {
    kind: 'grype',
    async version(signal) {
      const asked = call(['version', '-o', 'json'], {}, VERSION_MS);
      const bytes = await runScanner(asked, readWhole(MOST_VERSION), context, signal);
      return versionIn(await parseJson(bytes).catch(() => undefined));
    },
    scan: (target, signal) => runScanner(image(target, 'json'), readGrype, context, signal),
    async raw(target, format, signal) {
      const bytes = await runScanner(image(target, FORMATS[format]), readWhole(MOST_RAW), context, signal);
      return bytes.toString('utf8');
    },
  };
}

function imageEnv(context: ScannerContext, { repository }: ScanTarget): Record<string, string> {
  const registry = repository.slice(0, repository.indexOf('/'));
  const { account, ca, isInsecure } = context.registry(registry);
  return {
    ...(context.config.offline ? { GRYPE_DB_AUTO_UPDATE: 'false' } : {}),
    ...(account === undefined
      ? {}
      : {
          // Its library knows Docker Hub by the name that engines use.
          GRYPE_REGISTRY_AUTH_AUTHORITY: registry === 'docker.io' ? 'index.docker.io' : registry,
          GRYPE_REGISTRY_AUTH_USERNAME: account.username,
          GRYPE_REGISTRY_AUTH_PASSWORD: account.password,
        }),
    ...(ca === undefined ? {} : { GRYPE_REGISTRY_CA_CERT: ca }),
    ...(isInsecure ? { GRYPE_REGISTRY_INSECURE_USE_HTTP: 'true' } : {}),
  };
}

function versionIn(answer: unknown): ScannerVersion {
  const read = Version.safeParse(answer);
  if (!read.success) throw new ScanError('invalid_answer', 'the program does not give its version as Grype does');
  const { version } = read.data;
  if (semver.valid(version) !== null && !semver.gte(version, OLDEST))
    throw new ScanError('old', `Grype ${version} is older than ${OLDEST}: its database is no longer published`);
  return { version, database: undefined };
}
