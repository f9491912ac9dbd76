import { type Asked, type Content, errors } from './v2.ts';

/*
 * What Harbor 2.x says of its repositories and artifacts, after goharbor/harbor c50c7dd (v2.16.0), api/v2.0/swagger.yaml: search,
 * listAllRepositories, getArtifact, getVulnerabilitiesAddition; parameter repositoryName (encoded twice); header X-Is-Resource-Name; page, page_size, q.
 */

/** What is known of a repository beside its images. */
export interface HarborFacts {
  readonly description?: string;
  /** When its tags were pushed. */
  readonly pushed?: string;
  readonly platforms?: readonly { readonly os: string; readonly architecture: string; readonly variant?: string }[];
  readonly accessories?: readonly string[];
  /** What `additions/vulnerabilities` gives; without it, the image was not scanned. */
  readonly report?: unknown;
  readonly scan?: { readonly status: string; readonly counts?: Readonly<Record<string, number>> };
}

export interface HarborCatalogue {
  readonly facts?: Readonly<Record<string, HarborFacts>>;
  /** The account may pull, and use no API. */
  readonly isApiForbidden?: boolean;
  /** The next page is said to be at another host. */
  readonly leadsTo?: string;
}

interface Harbor {
  readonly content: Content;
  readonly catalogue: HarborCatalogue;
  readonly mayRead: (project: string) => boolean;
}

const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const projectOf = (path: string) => path.split('/')[0] ?? '';

/** Answers the addresses of the catalogue; false for others. */
export function answerHarborCatalogue(asked: Asked, harbor: Harbor): boolean {
  const { url, respond } = asked;
  const path = url.pathname.slice('/api/v2.0'.length);
  if (harbor.catalogue.isApiForbidden && path !== '/ping') respond(403, errors('FORBIDDEN', 'forbidden'));
  else if (path === '/search') answerSearch(asked, harbor);
  else if (path === '/repositories') answerRepositories(asked, harbor);
  else if (path.startsWith('/projects/')) answerArtifact(asked, harbor);
  else return false;
  return true;
}

function answerSearch({ url, respond }: Asked, { content, mayRead }: Harbor) {
  const q = url.searchParams.get('q') ?? '';
  const found = [...content.keys()].filter((path) => path.includes(q) && mayRead(projectOf(path)));
  const repository = found.map((path) => ({
    project_id: 1,
    project_name: projectOf(path),
    project_public: false,
    repository_name: path,
    pull_count: 7,
    artifact_count: content.get(path)?.manifests.size,
  }));
  respond(200, { project: [], repository, chart: [] });
}

function answerRepositories({ url, respond }: Asked, { content, catalogue, mayRead }: Harbor) {
  const size = Number(url.searchParams.get('page_size') ?? 10);
  const page = Number(url.searchParams.get('page') ?? 1);
  const [, name] = /^name=~([\w./-]*)$/u.exec(url.searchParams.get('q') ?? 'name=~') ?? [];
  if (size < 1 || size > 100)
    return respond(422, errors('UNPROCESSABLE_ENTITY', 'page_size in query should be less than or equal to 100'));
  if (name === undefined) return respond(400, errors('BAD_REQUEST', 'invalid query string value'));
  const all = [...content.keys()].filter((path) => path.includes(name) && mayRead(projectOf(path)));
  const shown = all.slice((page - 1) * size, page * size);
  const next = `${catalogue.leadsTo ?? ''}/api/v2.0/repositories?page=${page + 1}&page_size=${size}&q=name%3D~${name}`;
  const link = page * size < all.length ? { link: `<${next}>; rel="next"` } : {};
  const described = shown.map((path) => ({ name: path, description: catalogue.facts?.[path]?.description ?? '' }));
  respond(200, described, { 'x-total-count': `${all.length}`, ...link });
}

function answerArtifact({ url, respond, request }: Asked, { content, catalogue, mayRead }: Harbor) {
  const missing = (message: string) => respond(404, errors('NOT_FOUND', message));
  const [project = '', below, encoded = '', kind, reference = '', ...more] = url.pathname
    .slice('/api/v2.0/projects/'.length)
    .split('/');
  const addition = more.join('/');
  if (below !== 'repositories' || kind !== 'artifacts' || !['', 'additions/vulnerabilities'].includes(addition))
    return missing('path was not found');
  // The router decodes once; what has a slash then is another address.
  if (decodeURIComponent(encoded).includes('/')) return missing('path was not found');
  if (/^\d+$/u.test(project) && request.headers['x-is-resource-name'] !== 'true')
    return missing(`project ${project} not found`);
  if (!mayRead(project)) return respond(401, errors('UNAUTHORIZED', 'unauthorized'));
  const path = `${project}/${decodeURIComponent(decodeURIComponent(encoded))}`;
  const repository = content.get(path);
  const digest = repository?.tags.get(decodeURIComponent(reference)) ?? reference;
  const manifest = repository?.manifests.get(digest);
  if (repository === undefined || manifest === undefined) return missing(`artifact ${path}:${reference} not found`);
  const { report } = catalogue.facts?.[path] ?? {};
  if (addition !== '') return answerReport(respond, request.headers['x-accept-vulnerabilities'], report);
  const { pushed = '2026-11-20T10:00:00.000Z', platforms = [], accessories = [], scan } = catalogue.facts?.[path] ?? {};
  const isAsked = (what: string) => url.searchParams.get(what) === 'true';
  const tags = [...repository.tags].flatMap(([name, of]) => (of === digest ? [{ name, push_time: pushed }] : []));
  respond(200, {
    digest,
    media_type: 'application/vnd.oci.image.config.v1+json',
    manifest_media_type: manifest.mediaType,
    size: 48_200_000,
    push_time: pushed,
    extra_attrs: { architecture: 'amd64', os: 'linux', created: '0001-01-01T00:00:00Z', config: {} },
    references: platforms.length === 0 ? null : platforms.map((platform) => ({ child_digest: digest, platform })),
    tags,
    ...(isAsked('with_accessory') ? { accessories: accessories.map((type) => ({ type, size: 1 })) } : {}),
    ...(isAsked('with_scan_overview') && scan ? { scan_overview: { [REPORT]: overviewOf(scan) } } : {}),
  });
}

/** Keyed by the type of the report, the first of those that the header names. */
function answerReport(respond: Asked['respond'], accept: string | string[] | undefined, report: unknown) {
  const accepted = String(accept ?? REPORT);
  if (report === undefined || !accepted.includes(REPORT)) return respond(404, errors('NOT_FOUND', 'report not found'));
  respond(200, { [REPORT]: report });
}

function overviewOf({ status, counts = {} }: NonNullable<HarborFacts['scan']>) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const summary = status === 'Success' ? { total, fixable: total, summary: counts } : null;
  return { report_id: 'r', scan_status: status, severity: 'High', duration: 3, scanner: { name: 'Trivy' }, summary };
}
