import { serve } from '../server.ts';
import { type Accounts, nameIn, permits, tokenFor } from './accounts.ts';
import { answerNexusSearch, type NexusCatalogue } from './nexus-catalogue.ts';
import { aboutOf, answerV2, askedOf, type Content, errors } from './v2.ts';

/*
 * Nexus Repository 3, after sonatype/nexus-public aec50e4 (3.77.0) and help.sonatype.com, "Private Registry for Docker" and
 * "REST and Integration API" (status). Path-based routing as of 3.83: repositories are `<repository>/<image>`.
 */

export interface NexusOptions {
  readonly accounts?: Accounts;
  readonly content?: Content;
  /** Whether the "Docker Bearer Token Realm" is active; without it only Basic works. */
  readonly hasBearerRealm?: boolean;
  /** Whether this port has no Docker repository: pages of the product's own answer. */
  readonly isWrongPort?: boolean;
  readonly catalogue?: NexusCatalogue;
}

export const NEXUS_ACCOUNTS: Accounts = { reader: 'read-secret', publisher: 'push-secret' };
const SERVER = { server: 'Nexus/3.83.0-08 (COMMUNITY)' };
const PAGE = '<!DOCTYPE html><html><head><title>404 - Sonatype Nexus Repository</title></head></html>';

export async function startNexus(options: NexusOptions = {}) {
  const { accounts = NEXUS_ACCOUNTS, content = new Map(), hasBearerRealm = false, isWrongPort = false } = options;
  const calls: string[] = [];
  const server = await serve((request, response) => {
    const asked = askedOf(request, response);
    const { url, respond } = asked;
    calls.push(`${request.method} ${url.pathname}`);
    const who = nameIn(asked, accounts);
    if (url.pathname === '/service/rest/v1/status') return respond(200, '', SERVER);
    if (url.pathname === '/service/rest/v1/search') {
      if (who === undefined) return respond(401, '', { ...SERVER, 'www-authenticate': 'BASIC realm="Sonatype"' });
      return answerNexusSearch(asked, content, options.catalogue ?? {});
    }
    if (isWrongPort || !url.pathname.startsWith('/v2/'))
      return respond(404, PAGE, { ...SERVER, 'content-type': 'text/html' });
    // Clients that post an OAuth form first fall back to asking with GET.
    if (url.pathname === '/v2/token' && request.method !== 'GET') return respond(405, errors('UNSUPPORTED', 'method'));
    if (url.pathname === '/v2/token') {
      if (request.headers.authorization !== undefined && who === undefined)
        return respond(401, errors('UNAUTHORIZED', 'authentication required'), SERVER);
      return respond(200, { token: tokenFor(url.searchParams.getAll('scope'), ({ actions }) => (who ? actions : [])) });
    }
    const about = aboutOf(asked);
    const isBearer = request.headers.authorization?.startsWith('Bearer ') === true;
    const isIn = who !== undefined || (about === undefined ? isBearer : permits(asked, about.path, about.action));
    if (!isIn) {
      const bearer = `Bearer realm="http://${request.headers.host}/v2/token",service="http://${request.headers.host}/v2/token"`;
      const challenge = hasBearerRealm ? bearer : 'BASIC realm="Sonatype Nexus Repository Manager"';
      const headers = { ...SERVER, 'www-authenticate': challenge, 'docker-distribution-api-version': 'registry/2.0' };
      return respond(401, errors('UNAUTHORIZED', 'access to the requested resource is not authorized'), headers);
    }
    if (url.pathname === '/v2/') return respond(200, {}, SERVER);
    if (url.pathname === '/v2/_catalog') return respond(200, { repositories: [...content.keys()].toSorted() }, SERVER);
    if (!answerV2(asked, content)) respond(404, PAGE, { 'content-type': 'text/html' });
  });
  return Object.assign(server, { calls });
}
