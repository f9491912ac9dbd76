import { serve } from '../server.ts';
import { type Accounts, nameIn, permits, tokenFor } from './accounts.ts';
import { type Asked, aboutOf, answerV2, askedOf, type Content, errors, type Options } from './v2.ts';

/*
 * Hosted registries by their token style. GHCR: docs.github.com, "Working with the Container registry". GitLab:
 * docs.gitlab.com, "Container registry" and "token_authentication". Quay: docs.quay.io and quay/quay #2884. ECR: AWS, "Private
 * registry authentication" and API reference. Artifact Registry: cloud.google.com, "Configure authentication". ACR: Azure/acr,
 * docs/AAD-OAuth.md. All are one host each here.
 */

export type Hosted = 'ghcr' | 'gitlab' | 'quay' | 'ecr' | 'artifact-registry' | 'acr';

interface Style {
  readonly account: readonly [name: string, password: string];
  /** Path and service of the token server; without it, Basic. */
  readonly token?: { readonly path: string; readonly service: string; readonly hasNoLife?: boolean };
  readonly v2?: Options;
  /** How a repository that is missing or closed is refused. */
  readonly missing: readonly [status: number, code: string, message: string];
}

const NAMED_UNKNOWN = [404, 'NAME_UNKNOWN', 'repository name not known to registry'] as const;

const STYLES: Record<Hosted, Style> = {
  ghcr: {
    account: ['octocat', 'ghp_secret'],
    token: { path: '/token', service: 'ghcr.io', hasNoLife: true },
    missing: [403, 'DENIED', 'requested access to the resource is denied'],
  },
  gitlab: {
    account: ['gitlab+deploy-token-1', 'gldt-secret'],
    token: { path: '/jwt/auth', service: 'container_registry' },
    missing: [401, 'UNAUTHORIZED', 'authentication required'],
  },
  quay: {
    account: ['acme+robot', 'quay-secret'],
    token: { path: '/v2/auth', service: 'quay.io' },
    v2: { cursor: 'opaque' },
    missing: [401, 'UNAUTHORIZED', 'access to the requested resource is not authorized'],
  },
  ecr: {
    account: ['AWS', 'ecr-token'],
    v2: { cursor: 'opaque', tagsHeaders: { 'content-type': 'text/plain; charset=utf-8' } },
    missing: [
      404,
      'NAME_UNKNOWN',
      "The repository with name 'x' does not exist in the registry with id '123456789012'",
    ],
  },
  'artifact-registry': {
    account: ['_json_key', '{"type":"service_account"}'],
    token: { path: '/v2/token', service: '' },
    v2: {
      tagsExtra: ({ manifests, tags }) => ({
        manifest: Object.fromEntries(
          [...manifests].map(([digest, { bytes }]) => [
            digest,
            {
              tag: [...tags].filter(([, one]) => one === digest).map(([tag]) => tag),
              timeCreatedMs: '0',
              timeUploadedMs: '1790000000000',
              imageSizeBytes: `${bytes.length}`,
            },
          ]),
        ),
      }),
    },
    missing: NAMED_UNKNOWN,
  },
  acr: {
    account: ['00000000-0000-0000-0000-000000000000', 'acr-refresh-token'],
    token: { path: '/oauth2/token', service: 'acme.azurecr.io' },
    missing: NAMED_UNKNOWN,
  },
};

export const hostedAccount = (kind: Hosted) => {
  const [username, password] = STYLES[kind].account;
  return { username, password };
};

export async function startHosted(kind: Hosted, content: Content, storage?: string) {
  const style = STYLES[kind];
  const accounts: Accounts = { [style.account[0]]: style.account[1] };
  return serve((request, response) => {
    const asked = askedOf(request, response);
    const who = nameIn(asked, accounts);
    if (style.token !== undefined && asked.url.pathname === style.token.path)
      return answerToken(asked, style.token, who);
    if (!asked.url.pathname.startsWith('/v2/')) return asked.respond(404, 'Not Found');
    const about = aboutOf(asked);
    const isIn = style.token === undefined ? who !== undefined : hasToken(asked, about);
    if (!isIn) return challenge(asked, style);
    if (asked.url.pathname === '/v2/') return asked.respond(200, {});
    const [status, code, message] = style.missing;
    if (about === undefined || !content.has(about.path)) return asked.respond(status, errors(code, message));
    answerV2(asked, content, { page: 3, ...style.v2, ...(storage === undefined ? {} : { storage }) });
  });
}

const hasToken = (asked: Asked, about: ReturnType<typeof aboutOf>) =>
  about === undefined
    ? asked.request.headers.authorization?.startsWith('Bearer ') === true
    : permits(asked, about.path, about.action);

function answerToken({ request, url, respond }: Asked, token: NonNullable<Style['token']>, who: string | undefined) {
  if (request.headers.authorization !== undefined && who === undefined)
    return respond(403, errors('DENIED', 'requested access to the resource is denied'));
  const given = tokenFor(url.searchParams.getAll('scope'), ({ actions }) => (who === undefined ? [] : actions));
  return respond(200, token.hasNoLife ? { token: given } : { access_token: given, expires_in: 300 });
}

function challenge({ request, respond }: Asked, { token }: Style) {
  const bearer = `Bearer realm="http://${request.headers.host}${token?.path}",service="${token?.service}"`;
  const header = token === undefined ? 'Basic realm="https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/"' : bearer;
  return respond(401, errors('UNAUTHORIZED', 'authentication required'), {
    'www-authenticate': header,
    'docker-distribution-api-version': 'registry/2.0',
  });
}
