import { serve } from '../server.ts';
import { type Accounts, nameIn, permits, tokenFor } from './accounts.ts';
import { answerHarborCatalogue, type HarborCatalogue } from './harbor-catalogue.ts';
import { answerHarborCopy, answerHarborPush, type HarborWrites } from './harbor-writes.ts';
import { type Asked, aboutOf, answerV2, askedOf, type Content, errors } from './v2.ts';

/*
 * Harbor 2.x, after goharbor/harbor c50c7dd (v2.16.0): api/v2.0/swagger.yaml (ping, systeminfo, robots),
 * src/server/middleware/v2auth (challenges), src/core/service/token/creator.go (tokens with empty actions),
 * src/lib/http/error.go (errors), src/server/middleware/vulnerable (412).
 */

export interface HarborFaults {
  /** 412 while an image is unscanned, scanned right now, or has too many vulnerabilities. */
  readonly policy?: 'unscanned' | 'scanning' | 'vulnerable' | undefined;
  /** Robot accounts that have expired: the same 401 as a wrong password. */
  readonly expired?: readonly string[];
  /** Projects that every account is kept out of: tokens for them permit nothing, and no error says so. */
  readonly closed?: readonly string[];
  /** Every answer is the page of a proxy. */
  readonly isPage?: boolean;
  /** 429 so many times, with `Retry-After` in seconds. */
  limited?: number;
}

export interface HarborOptions {
  readonly accounts?: Accounts;
  readonly content?: Content;
  /** Projects whose images need no account. */
  readonly publicProjects?: readonly string[];
  /** When a robot ends, Unix seconds; -1 never. Said to accounts that may list robots. */
  readonly robots?: readonly { readonly name: string; readonly expires_at: number; readonly disable?: boolean }[];
  readonly faults?: HarborFaults;
  /** What its API says of repositories and artifacts. */
  readonly catalogue?: HarborCatalogue;
  /** What becomes of pushes and copies. */
  readonly writes?: HarborWrites;
}

const POLICIES = {
  unscanned:
    'current image without vulnerability scanning cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher from running.\' To continue with pull, please contact your project administrator for help.',
  scanning:
    'current image with "Running" status of vulnerability scanning cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher from running.\'',
  vulnerable:
    'current image with 12 vulnerabilities cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher from running.\'',
} as const;

export const HARBOR_ACCOUNTS: Accounts = {
  robot$read: 'read-secret',
  robot$push: 'push-secret',
  admin: 'admin-secret',
};

/** Starts a Harbor. `calls` has what it was asked, without queries. */
export async function startHarbor(options: HarborOptions = {}) {
  const { accounts = HARBOR_ACCOUNTS, content = new Map(), publicProjects = [], faults = {}, writes = {} } = options;
  const calls: string[] = [];
  const server = await serve((request, response) => {
    const asked = askedOf(request, response);
    calls.push(`${request.method} ${asked.url.pathname}`);
    const name = nameIn(asked, accounts);
    const who = name !== undefined && !faults.expired?.includes(name) ? name : undefined;
    const { respond, url } = asked;
    if (faults.isPage) return respond(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' });
    if ((faults.limited ?? 0) > 0) {
      faults.limited = (faults.limited ?? 0) - 1;
      return respond(429, errors('TOO_MANY_REQUEST', 'too many requests'), { 'retry-after': '1' });
    }
    // Clients that post an OAuth form first fall back to asking with GET.
    if (url.pathname === '/service/token' && request.method !== 'GET')
      return respond(405, errors('UNSUPPORTED', 'method'));
    if (url.pathname === '/service/token')
      return answerToken(asked, who, { publicProjects, closed: faults.closed ?? [] });
    if (answerHarborCopy(asked, who, { content, writes })) return;
    if (url.pathname.startsWith('/api/v2.0/')) return answerApi(asked, who, options);
    return answerRegistry(asked, who, { content, faults, writes });
  });
  return Object.assign(server, { calls });
}

/** A project that does not exist, or is closed to the account, gives a token with no actions. */
function answerToken(
  { request, respond, url }: Asked,
  who: string | undefined,
  { publicProjects, closed }: { readonly publicProjects: readonly string[]; readonly closed: readonly string[] },
) {
  if (request.headers.authorization !== undefined && who === undefined)
    return respond(401, errors('UNAUTHORIZED', 'unauthorized'));
  const token = tokenFor(url.searchParams.getAll('scope'), ({ name, actions }) => {
    const project = name.split('/')[0] ?? '';
    const isPublic = publicProjects.includes(project);
    if (closed.includes(project)) return [];
    return who !== undefined
      ? actions.filter((one) => one === 'pull' || who !== 'robot$read')
      : isPublic
        ? ['pull']
        : [];
  });
  return respond(200, { token, access_token: '', expires_in: 1800, issued_at: '2026-11-28T00:00:00Z' });
}

function answerRegistry(
  asked: Asked,
  who: string | undefined,
  {
    content,
    faults,
    writes,
  }: { readonly content: Content; readonly faults: HarborFaults; readonly writes: HarborWrites },
) {
  const { url, respond, request } = asked;
  const about = aboutOf(asked);
  const mayPush = who !== 'robot$read' || about?.action !== 'push';
  const isClosed = about !== undefined && faults.closed?.includes(about.path.split('/')[0] ?? '') === true;
  const isSignedIn =
    (who !== undefined && mayPush && !isClosed) || (about !== undefined && permits(asked, about.path, about.action));
  if (!isSignedIn && !(url.pathname === '/v2/' && request.headers.authorization?.startsWith('Bearer '))) {
    // With an account in the request, and for the catalogue, Harbor asks for the account itself.
    const isBasic = request.headers.authorization !== undefined || url.pathname === '/v2/_catalog';
    const bearer = `Bearer realm="http://${request.headers.host}/service/token",service="harbor-registry"`;
    const words = about ? `unauthorized to access repository: ${about.path}, action: ${about.action}` : 'unauthorized';
    return respond(401, errors('UNAUTHORIZED', words), {
      'www-authenticate': isBasic ? 'Basic realm="harbor"' : bearer,
    });
  }
  if (url.pathname === '/v2/') return respond(200, {});
  if (url.pathname === '/v2/_catalog') return respond(200, { repositories: [...content.keys()].toSorted() });
  if (about?.kind === 'manifests' && faults.policy !== undefined)
    return respond(412, errors('PROJECTPOLICYVIOLATION', POLICIES[faults.policy]));
  if (!answerHarborPush(asked, { content, writes }) && !answerV2(asked, content))
    respond(404, errors('NOT_FOUND', 'not found'));
}

function answerApi(asked: Asked, who: string | undefined, options: HarborOptions) {
  const { url, respond } = asked;
  const { robots, content = new Map(), catalogue = {}, publicProjects = [] } = options;
  const path = url.pathname.slice('/api/v2.0'.length);
  if (path === '/ping') return respond(200, 'Pong');
  if (path === '/systeminfo')
    return respond(200, { auth_mode: 'db_auth', ...(who === undefined ? {} : { harbor_version: 'v2.16.0-c50c7dd' }) });
  if (path === '/robots') {
    if (who === undefined) return respond(401, errors('UNAUTHORIZED', 'unauthorized'));
    if (robots === undefined) return respond(403, errors('FORBIDDEN', 'forbidden'));
    return respond(200, robots, { 'x-total-count': `${robots.length}` });
  }
  const mayRead = (project: string) => who !== undefined || publicProjects.includes(project);
  if (!answerHarborCatalogue(asked, { content, catalogue, mayRead }))
    respond(404, errors('NOT_FOUND', 'path was not found'));
}
