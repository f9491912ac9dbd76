import { z } from 'zod';
import type { ScannerConfig } from '../../config/scanner.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Registries, RegistryHost } from '../../registry/calls.ts';
import { askJson } from '../../registry/catalogue/ask-json.ts';
import { EMPTY } from '../../registry/empty.ts';
import { errorFromAnswer, RegistryError, type RegistryFault } from '../../registry/errors.ts';
import { explainRegistry } from '../../registry/explain.ts';
import { ScanError, type ScanFault } from '../errors.ts';
import { JsonTooLarge } from '../json-elements.ts';
import type { Read, Scanner, ScanTarget } from '../report.ts';
import { readHarbor } from './report.ts';

/** The first of these that Harbor has is given; it is the order of its own default. */
const REPORTS =
  'application/vnd.security.vulnerability.report; version=1.1, application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';

const Artifact = z.lazy(() =>
  z.looseObject({
    scan_overview: z.record(z.string(), z.looseObject({ scan_status: z.string().optional() })).nullish(),
  }),
);

/** The report that Harbor keeps of an image: nothing is scanned anew. */
export function createHarbor(
  { timeout }: Pick<ScannerConfig, 'timeout'>,
  registries: Pick<Registries, 'host'>,
): Scanner {
  return {
    kind: 'harbor',
    version: async () => ({ version: '', database: undefined }),
    async scan(target, signal) {
      const host = registries.host(target.repository.slice(0, target.repository.indexOf('/')));
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      try {
        await mustBeScanned(host, target, limit);
        return await reportOf(host, target, limit);
      } catch (error) {
        throw asScanError(error);
      }
    },
    async raw(_, format) {
      throw new ScanError('unsupported', `Harbor's own report does not come as ${format}`, 'Ask for `--format json`.');
    },
  };
}

/** Throws a `ScanError` while there is no report, with the state that the registry gives. */
async function mustBeScanned(host: RegistryHost, target: ScanTarget, signal: AbortSignal): Promise<void> {
  const url = artifactUrl(host, target, '?with_scan_overview=true&with_tag=false');
  const { body } = await askJson(host, Artifact, { url, signal, headers: BY_NAME });
  const states = Object.values(body.scan_overview ?? {}).map(({ scan_status: state = '' }) => state);
  if (states.includes('Success')) return;
  const [state] = states;
  if (state === undefined) throw new ScanError('not_scanned', `${host.registry} has not scanned the image`);
  if (['Pending', 'Scheduled', 'Running'].includes(state))
    throw new ScanError('scan_running', `${host.registry} is scanning the image`);
  throw new ScanError('failed', `the scan in ${host.registry} ended as ${state.slice(0, 20)}`, 'Scan it there again.');
}

async function reportOf(host: RegistryHost, target: ScanTarget, signal: AbortSignal): Promise<Read> {
  const url = artifactUrl(host, target, '/additions/vulnerabilities');
  const headers = { ...BY_NAME, 'x-accept-vulnerabilities': REPORTS };
  const response = await host.ask({ method: 'GET', url, accept: 'application/json', headers, signal });
  if (!response.ok) throw await errorFromAnswer(host.registry, response);
  return readHarbor(response.body ?? EMPTY);
}

/** A project may be called by a number, which would be taken for its id. */
const BY_NAME = { 'x-is-resource-name': 'true' };

/** A repository with slashes is encoded twice: Harbor decodes it once more after its router. */
function artifactUrl(host: RegistryHost, { repository, digest }: ScanTarget, below: string): URL {
  const [, project = '', ...rest] = repository.split('/');
  const name = encodeURIComponent(encodeURIComponent(rest.join('/')));
  return host.apiUrl(
    `/api/v2.0/projects/${encodeURIComponent(project)}/repositories/${name}/artifacts/${digest}${below}`,
  );
}

const FAULTS: Partial<Record<RegistryFault, ScanFault>> = {
  unauthorized: 'registry_denied',
  denied: 'registry_denied',
  not_found: 'not_scanned',
  rate_limited: 'rate_limited',
  timeout: 'timeout',
  tls: 'tls',
  unreachable: 'unreachable',
  invalid_answer: 'invalid_answer',
  not_a_registry: 'invalid_answer',
};

function asScanError(error: unknown): unknown {
  if (error instanceof RegistryError) {
    const { summary, tryThis } = explainRegistry(error);
    const fault = FAULTS[error.fault] ?? 'failed';
    if (fault === 'not_scanned')
      return new ScanError(fault, `${error.registry} has no report of the image, or its account may not read it`);
    return new ScanError(fault, summary.replace(/\.$/u, ''), tryThis, error.said);
  }
  if (error instanceof JsonTooLarge) return new ScanError('too_large', `its report is too large: ${error.message}`);
  if (error instanceof ScanError) return error;
  return new ScanError('invalid_answer', `its report cannot be read: ${messageOf(error)}`);
}
