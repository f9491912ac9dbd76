import { serve } from '../server.ts';
import { type Accounts, nameIn, permits, tokenFor } from './accounts.ts';
import { answerHubCatalogue, type HubCatalogue } from './hub-catalogue.ts';
import { aboutOf, answerV2, askedOf, type Content, errors } from './v2.ts';

/*
 * Docker Hub, after docker/docs: content/reference/api/hub/latest.yaml (API, its limits), usage/pulls.md (pull limits and their
 * headers), content/reference/api/registry/auth.md (tokens). Registry, token server and API are one host here.
 */

export interface HubOptions {
  readonly accounts?: Accounts;
  readonly content?: Content;
  /** Pulls of 100 that are left; undefined for an account without a limit, which has no headers. */
  readonly left?: number | undefined;
  readonly catalogue?: HubCatalogue;
}

export const HUB_ACCOUNTS: Accounts = { devops: 'dckr_pat_secret' };
const LIMITED =
  'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limits. You must authenticate your pull requests.';

export async function startHub(options: HubOptions = {}) {
  const { accounts = HUB_ACCOUNTS, content = new Map(), left } = options;
  const calls: string[] = [];
  const server = await serve((request, response) => {
    const asked = askedOf(request, response);
    const { url, respond } = asked;
    calls.push(`${request.method} ${url.pathname}`);
    const who = nameIn(asked, accounts);
    // Clients that post an OAuth form first fall back to asking with GET.
    if (url.pathname === '/token' && request.method !== 'GET') return respond(405, errors('UNSUPPORTED', 'method'));
    if (url.pathname === '/token') {
      if (request.headers.authorization !== undefined && who === undefined)
        return respond(401, { details: 'incorrect username or password' });
      const token = tokenFor(url.searchParams.getAll('scope'), () => (who === undefined ? ['pull'] : ['pull', 'push']));
      return respond(200, { token, access_token: token, expires_in: 300 });
    }
    if (answerHubCatalogue(asked, content, options.catalogue ?? {})) return;
    if (!url.pathname.startsWith('/v2/')) return respond(404, { message: 'object not found', errinfo: {} });
    const about = aboutOf(asked);
    const isBearer = request.headers.authorization?.startsWith('Bearer ') === true;
    if (about === undefined ? !isBearer : !permits(asked, about.path, about.action)) {
      const scope = about ? `,scope="repository:${about.path}:${about.action}"` : '';
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="registry.docker.io"${scope}`;
      return respond(401, errors('UNAUTHORIZED', 'authentication required'), { 'www-authenticate': challenge });
    }
    if (url.pathname === '/v2/') return respond(200, {});
    const limit: Record<string, string> =
      left === undefined
        ? {}
        : {
            'ratelimit-limit': '100;w=21600',
            'ratelimit-remaining': `${left};w=21600`,
            'docker-ratelimit-source': '192.0.2.1',
          };
    if (about?.kind === 'manifests' && request.method === 'GET' && left === 0)
      return respond(429, errors('TOOMANYREQUESTS', LIMITED), limit);
    for (const [name, value] of Object.entries(limit)) response.setHeader(name, value);
    if (!answerV2(asked, content)) respond(404, errors('UNSUPPORTED', 'The operation is unsupported.'));
  });
  return Object.assign(server, { calls });
}
