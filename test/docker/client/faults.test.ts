import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/docker/client/cause.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { EngineError, type EngineFault } from '../../../src/docker/client/engine-error.ts';
import { asText } from '../../../src/domain/phrase.ts';
import { fakeEngine, ID, json } from '../fake-engine.ts';

const PULL: readonly (readonly [number, string, EngineFault])[] = [
  [404, 'manifest for r/x:9 not found: manifest unknown: manifest unknown', 'tag_not_found'],
  [404, `manifest for r/x@sha256:${'a'.repeat(64)} not found: manifest unknown`, 'digest_not_found'],
  [404, 'repository r/x not found: name unknown: repository name not known to registry', 'repository_not_found'],
  [
    404,
    "pull access denied for r/x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'auth_or_missing',
  ],
  [
    404,
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'auth_or_missing',
  ],
  [500, 'Head "http://r/v2/x/manifests/v1": no basic auth credentials', 'auth_missing'],
  [500, 'unauthorized: authentication required', 'auth_bad'],
  [
    500,
    'unauthorized: unauthorized to access repository: p/r, action: pull: unauthorized to access repository: p/r, action: pull',
    'auth_forbidden',
  ],
  [
    500,
    'unknown: current image with 12 vulnerabilities cannot be pulled due to configured policy in project',
    'registry_policy',
  ],
  [
    500,
    'unknown: failed to resolve reference "r/x:1": unexpected status from HEAD request to http://r/v2/x/manifests/1: 412 Precondition Failed',
    'registry_policy',
  ],
  [500, 'denied', 'auth_forbidden'],
  [
    500,
    'failed to resolve reference "r/x:1": unexpected status from HEAD request to https://r/v2/x/manifests/1: 403 Forbidden',
    'auth_forbidden',
  ],
  [
    500,
    'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating',
    'rate_limited',
  ],
  [429, 'slow down', 'rate_limited'],
  [500, 'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid on 10.0.0.2:53: no such host', 'dns'],
  [500, 'Get "https://r/v2/": dial tcp: lookup r on 10.0.0.2:53: read udp 10.0.0.3:1->10.0.0.2:53: i/o timeout', 'dns'],
  [500, 'Get "http://r:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused', 'connection_refused'],
  [500, 'Get "https://r/v2/": proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused', 'proxy'],
  [500, 'Get "https://r/v2/": Proxy Authentication Required', 'proxy'],
  [500, 'Get "https://192.0.2.2:5001/v2/": http: server gave HTTP response to HTTPS client', 'insecure_registry'],
  [500, 'Get "https://r/v2/": x509: certificate signed by unknown authority', 'tls_unknown_ca'],
  [
    500,
    'Get "https://r/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'tls_unknown_ca',
  ],
  [500, "x509: cannot validate certificate for 192.0.2.2 because it doesn't contain any IP SANs", 'tls_name'],
  [500, 'x509: certificate is valid for a.example, not b.example', 'tls_name'],
  [500, 'received unexpected HTTP status: 502 Bad Gateway', 'registry_down'],
  [500, "error unmarshalling content: invalid character '<' looking for beginning of value", 'not_a_registry'],
  [500, "error parsing HTTP 404 response body: invalid character '<' looking for beginning of value", 'not_a_registry'],
  [404, 'no matching manifest for linux/arm64/v8 in the manifest list entries', 'platform'],
  [400, 'invalid reference format: repository name must be lowercase', 'bad_reference'],
  [400, 'invalid tag format', 'bad_reference'],
  [500, 'Get "https://r/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)', 'timeout'],
  [500, 'write /x/GetImageBlob1: no space left on device', 'no_space'],
  [500, 'something new', 'refused'],
];

const REMOVE: readonly (readonly [number, string, EngineFault])[] = [
  [
    409,
    `You cannot remove a running container ${ID}. Stop the container before attempting removal or force remove`,
    'in_use',
  ],
  [
    409,
    'conflict: unable to delete be4920f9896a (cannot be forced) - image is being used by running container 0123',
    'in_use',
  ],
  [
    409,
    'conflict: unable to remove repository reference "b:1" (must force) - container 01 is using its referenced image 02',
    'in_use',
  ],
  [409, 'remove no-such-host: volume is in use - [0123]', 'in_use'],
  [409, 'remove unauthorized: volume is in use - [0123]', 'in_use'],
  [403, 'error while removing network: network n id 01 has active endpoints', 'in_use'],
  [409, 'removal of container 01 is already in progress', 'busy'],
  [409, 'some other conflict', 'conflict'],
  [404, 'No such container: 01', 'not_found'],
  [500, 'a disk usage operation is already running', 'busy'],
];

describe('the fault of an engine’s message', () => {
  it.each(PULL)('for a pull: %d %s', async (status, message, fault) => {
    await using fake = await fakeEngine({ 'POST /images/create': json({ message }, status) });

    const pulling = connectEngine({ kind: 'unix', socketPath: fake.socketPath }).pull({ reference: 'r/x:1' }, () => {});

    await expect(pulling).rejects.toMatchObject({ fault, status, engineSaid: message });
  });

  it.each(REMOVE)('for a removal: %d %s', async (status, message, fault) => {
    await using fake = await fakeEngine({ [`DELETE /containers/${ID}`]: json({ message }, status) });

    const removing = connectEngine({ kind: 'unix', socketPath: fake.socketPath }).removeContainer(ID);

    await expect(removing).rejects.toMatchObject({ fault, status, engineSaid: message });
  });
});

it('long engine messages are cut between words, so that no half of a secret remains', async () => {
  for (const length of [1980, 3985, 9000]) {
    const message = `${'word '.repeat(length / 5)}https://bot:pw-of-bot-and-more@registry.test/ and more`;
    await using engine = await fakeEngine({ [`DELETE /containers/${ID}`]: json({ message }, 500) });
    const removing = connectEngine({ kind: 'unix', socketPath: engine.socketPath }).removeContainer(ID);

    const { engineSaid } = (await removing.catch((error: unknown) => error)) as EngineError;

    expect(engineSaid).not.toContain('bot');
    expect(engineSaid).toMatch(/word…$/u);
    expect(engineSaid.length).toBeLessThanOrEqual(2000);
  }
});

describe('the explanation', () => {
  const where = { host: 'prod-1', reference: 'harbor.example:8443/shop/web:1.2' };

  it.each<[EngineFault, RegExp]>([
    ['insecure_registry', /prod-1, put .*"insecure-registries": \["harbor\.example:8443"\].*daemon\.json/u],
    ['tls_unknown_ca', /prod-1 as \/etc\/docker\/certs\.d\/harbor\.example:8443\/ca\.crt/u],
    ['no_space', /prune images --on prod-1/u],
    ['rate_limited', /account/u],
    ['dns', /DNS/u],
  ])('of %s names what to check', (fault, words) => {
    const { summary, tryThis } = explain(new EngineError(fault, 'x'), where);

    expect(asText(tryThis)).toMatch(words);
    expect(summary).toMatch(/^\p{Lu}|^harbor/u);
  });

  it('distinguishes an engine from a registry that does not respond', () => {
    expect(explain(new EngineError('timeout', 'No answer within 5 s.'), where).tryThis).toContain('prod-1');
    expect(explain(new EngineError('timeout', 'i/o timeout', 500), where).tryThis).toContain('harbor.example:8443');
  });

  it('blames neither the engine nor the registry alone for a pull that does not go on', () => {
    const { summary, tryThis } = explain(new EngineError('stalled', 'The pull made no progress for 60 s.'), where);
    expect(summary).toBe('The pull made no progress for 60 s.');
    expect(asText(tryThis)).toMatch(/^Check that harbor\.example:8443 responds, .* prod-1/u);
  });

  it('does not blame the engine for a full queue', () => {
    expect(explain(new EngineError('busy', 'prod-1 is busy'), where).summary).not.toContain('engine');
    expect(explain(new EngineError('busy', 'already running', 500), where).summary).toContain('engine');
  });
});
