import { mustSend } from '../../playground/engine/api.ts';
import { registryAuth } from '../../playground/engine/registry.ts';
import type { WhyResult } from '../../src/handlers/containers/why.ts';
import { bed } from '../bed/bed.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import type { Outcome } from './provoke.ts';
import {
  answering,
  indexFor,
  ownAddress,
  plainRegistry,
  registryError,
  type TroubledRegistry,
  tlsRegistry,
} from './registries.ts';

/** An image that cannot be had, and the cause that has to be named first. */
export interface ImageRow {
  readonly what: string;
  readonly expected: string | readonly string[];
  /** The image, after the registry where there is one: `fairlead/shop:1.0.0`. */
  readonly image: string;
  /** The registry that has it: that of the test bed with its account, one in trouble, or the address as it is. */
  readonly from: 'bed' | 'name' | (() => Promise<TroubledRegistry>);
  /** More of the config. */
  readonly config?: (registry: string) => object;
  /** What is done on the engine first. */
  readonly before?: (socket: string, image: string) => Promise<unknown>;
}

const pull = (socket: string, image: string) => {
  const colon = image.lastIndexOf(':');
  const path = `/images/create?fromImage=${image.slice(0, colon)}&tag=${image.slice(colon + 1)}`;
  return mustSend(socket, { method: 'POST', path, headers: registryAuth(bed().registry) });
};
const wrongAccount = (registry: string) => ({
  registries: { [registry]: { username: 'fairlead', password: 'wrong' } },
});
const noAccount = (registry: string) => ({ registries: { [registry]: {} } });

/** Images of a real registry, and of servers in trouble. */
export const IMAGES: readonly ImageRow[] = [
  { what: 'a tag that does not exist', expected: 'tag-missing', image: 'fairlead/shop:1.0.9', from: 'bed' },
  {
    what: 'a misspelt repository',
    expected: 'repository-misspelt',
    image: 'fairlead/shpo:1.0.0',
    from: 'bed',
    config: (registry) => ({
      services: { shop: { image: `${registry}/fairlead/shop`, hosts: 'all', container: { name: 'shop' } } },
    }),
  },
  { what: 'a repository that nobody knows', expected: 'image-missing', image: 'others/nothing-alike:1', from: 'bed' },
  {
    what: 'a digest that does not exist',
    expected: 'digest-not-found',
    image: `fairlead/shop@sha256:${'0'.repeat(64)}`,
    from: 'bed',
  },
  {
    what: 'a private registry without an account',
    expected: 'auth-missing',
    image: 'fairlead/shop:1.0.0',
    from: 'bed',
    config: noAccount,
  },
  {
    what: 'a private registry with a wrong password',
    expected: 'auth-bad',
    image: 'fairlead/shop:1.0.0',
    from: 'bed',
    config: wrongAccount,
  },
  {
    what: 'an image that the host does not have yet',
    expected: 'not-pulled',
    image: 'fairlead/shop:1.1.0',
    from: 'bed',
  },
  {
    what: 'an image that is there and current',
    expected: [],
    image: 'fairlead/shop:1.2.0-rc.1',
    from: 'bed',
    before: pull,
  },
  {
    what: 'a tag that moved on since the host pulled it',
    expected: 'tag-moved',
    image: 'fairlead/worker:2.0',
    from: 'bed',
    async before(socket, image) {
      const other = image.replace('worker:2.0', 'shop:1.0.0');
      await pull(socket, other);
      // Another image by that name, with a digest of the same repository.
      await mustSend(socket, {
        method: 'POST',
        path: `/images/${other}/tag?repo=${image.slice(0, image.lastIndexOf(':'))}&tag=2.0`,
      });
    },
  },
  {
    what: 'a registry whose name does not resolve',
    expected: 'dns',
    image: 'registry.invalid/team/shop:1',
    from: 'name',
    config: () => noAccount('registry.invalid'),
  },
  {
    what: 'the same, when the config does not name it',
    expected: 'dns',
    image: 'registry.invalid/team/shop:1',
    from: 'name',
  },
  {
    what: 'a registry that refuses connections',
    expected: 'connection-refused',
    image: '127.0.0.1:9/team/shop:1',
    from: 'name',
    config: () => noAccount('127.0.0.1:9'),
  },
  {
    what: 'a private address that the config does not name',
    expected: 'registry-not-in-config',
    image: '10.255.255.1:5000/team/shop:1',
    from: 'name',
  },
  { what: 'capitals in a name', expected: 'bad-reference', image: 'Team/Shop:1', from: 'name' },
  {
    what: 'an address of the browser',
    expected: 'bad-reference',
    image: 'https://harbor.example.com/devops/shop:1',
    from: 'name',
  },
  {
    what: 'an image that the config does not allow',
    expected: 'image-not-allowed',
    image: 'evil.example.com/x:1',
    from: 'name',
    config: () => ({ images: { allow: ['docker.io/library/*'] } }),
  },
  {
    what: 'no tag, where one is required',
    expected: 'tag-required',
    image: 'team/shop',
    from: 'name',
    config: () => ({ images: { requireTag: true } }),
  },
  {
    what: 'a registry that speaks plain HTTP',
    expected: 'insecure-registry',
    image: 'team/shop:1',
    from: () => plainRegistry(answering(200, '{}'), ownAddress()),
  },
  {
    what: 'a certificate nobody signed',
    expected: 'tls-unknown-ca',
    image: 'team/shop:1',
    from: () => tlsRegistry(`IP:${ownAddress()}`, 'valid'),
  },
  {
    what: 'a certificate for another name',
    expected: 'tls-name',
    image: 'team/shop:1',
    from: () => tlsRegistry('DNS:registry.example.com', 'valid'),
  },
  {
    what: 'a certificate that has expired',
    expected: 'certificate-expired',
    image: 'team/shop:1',
    from: () => tlsRegistry(`IP:${ownAddress()}`, 'expired'),
  },
  {
    what: 'a registry that is down',
    expected: 'registry-down',
    image: 'team/shop:1',
    from: () => plainRegistry(answering(503, 'maintenance', 'text/plain')),
  },
  {
    what: 'a web page instead of a registry',
    expected: 'not-a-registry',
    image: 'team/shop:1',
    from: () => plainRegistry(answering(404, '<html>404</html>', 'text/html')),
  },
  {
    what: 'too many pulls',
    expected: 'rate-limited',
    image: 'team/shop:1',
    from: () =>
      plainRegistry(answering(429, registryError('TOOMANYREQUESTS', 'You have reached your pull rate limit.'))),
  },
  {
    what: 'an account without permission',
    expected: ['auth-forbidden', 'image-missing-or-private'],
    image: 'team/shop:1',
    from: () => plainRegistry(answering(403, registryError('DENIED', 'requested access to the resource is denied'))),
  },
  {
    what: 'an image for other processors only',
    expected: 'platform-missing',
    image: 'team/shop:1',
    from: () => plainRegistry(indexFor('linux/s390x', 'linux/riscv64')),
  },
  {
    what: 'a registry that does not answer',
    expected: 'timeout',
    image: 'team/shop:1',
    from: () => plainRegistry(() => {}),
  },
];

/** Asks why an image cannot be had, from one engine. */
export async function askAboutImage(socket: string, row: ImageRow): Promise<Outcome> {
  const { registry } = bed();
  await using troubled = typeof row.from === 'function' ? await row.from() : undefined;
  const host = troubled?.host ?? registry.host;
  const image = row.from === 'name' ? row.image : `${host}/${row.image}`;
  const { username, password } = registry;
  const registries =
    row.from === 'bed' ? { [host]: { username, password } } : row.from === 'name' ? {} : { [host]: {} };
  await row.before?.(socket, image);
  await using desk = await openDesk({ one: socket }, ['why', 'logs', 'pull', 'prune'], {
    registries,
    ...row.config?.(host),
  });
  const began = performance.now();
  const { hosts } = resultOf<WhyResult>(await desk.say(`/dock why ${image}`));
  const causes = hosts[0]?.diagnosis.causes ?? [];
  return {
    what: row.what,
    expected: [row.expected].flat(),
    found: causes.map(({ id }) => id),
    sentence: causes[0]?.sentence,
    evidence: causes[0]?.evidence ?? [],
    ms: Math.round(performance.now() - began),
  };
}
