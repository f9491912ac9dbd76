import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RegistryAuth } from '../../../src/docker/client/call-options.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { EngineError, type EngineFault } from '../../../src/docker/client/engine-error.ts';
import { bed, describeWithEngine } from '../../bed/bed.ts';
import { engineKind, startTestEngine } from '../../bed/engines.ts';
import { smallDisk } from '../../bed/small-disk.ts';
import { HARBOR_ACCOUNTS, startHarbor } from '../../registry/servers/harbor.ts';
import { startHub } from '../../registry/servers/hub.ts';
import { NEXUS_ACCOUNTS, startNexus } from '../../registry/servers/nexus.ts';
import { addImage, type Content } from '../../registry/servers/v2.ts';
import {
  answering,
  indexFor,
  ownAddress,
  plainRegistry,
  registryError,
  tlsRegistry,
  trickling,
} from '../../why/registries.ts';

/** A pull that fails on a real engine, and what it has to be called. */
interface Row {
  readonly what: string;
  readonly image: string;
  readonly fault: EngineFault | readonly EngineFault[];
  /** The registry; that of the test bed when left out, and the name as it is for `none`. */
  readonly from?: 'none' | (() => Promise<{ readonly host: string } & AsyncDisposable>);
  readonly account?: readonly [username: string, password: string] | 'bed';
}

const SHOP = 'devops/shop:1.0.0';
const content = (): Content => {
  const all: Content = new Map();
  addImage(all, 'devops/shop', ['1.0.0']);
  return all;
};
const robot = ['robot$read', HARBOR_ACCOUNTS['robot$read'] ?? ''] as const;

/** With containerd's store an engine asks by HEAD, and says only that it found nothing. */
const PAGE: readonly EngineFault[] = engineKind() === 'newest-containerd' ? ['tag_not_found'] : ['not_a_registry'];

const ROWS: readonly Row[] = [
  { what: 'an unknown tag', image: 'fairlead/shop:9.9.9', account: 'bed', fault: 'tag_not_found' },
  {
    what: 'an unknown repository',
    image: 'fairlead/nothing:1',
    account: 'bed',
    fault: ['tag_not_found', 'repository_not_found', 'auth_or_missing'],
  },
  {
    what: 'an unknown digest',
    image: `fairlead/shop@sha256:${'0'.repeat(64)}`,
    account: 'bed',
    fault: 'digest_not_found',
  },
  { what: 'no account', image: 'fairlead/shop:1.0.0', fault: 'auth_missing' },
  { what: 'a wrong password', image: 'fairlead/shop:1.0.0', account: ['fairlead', 'wrong'], fault: 'auth_bad' },
  {
    what: 'Harbor without permission',
    image: SHOP,
    from: () => startHarbor({ content: content(), faults: { closed: ['devops'] } }),
    account: robot,
    // containerd's store says only 401, as of a wrong password.
    fault: ['auth_forbidden', 'auth_or_missing', 'auth_bad'],
  },
  {
    what: 'an expired robot of Harbor',
    image: SHOP,
    from: () => startHarbor({ content: content(), faults: { expired: ['robot$read'] } }),
    account: robot,
    fault: ['auth_bad', 'auth_forbidden'],
  },
  ...(['unscanned', 'scanning', 'vulnerable'] as const).map(
    (policy): Row => ({
      what: `Harbor's policy on an image that is ${policy}`,
      image: SHOP,
      from: () => startHarbor({ content: content(), faults: { policy } }),
      account: robot,
      fault: 'registry_policy',
    }),
  ),
  {
    what: 'DENIED',
    image: SHOP,
    from: () => plainRegistry(answering(403, registryError('DENIED', 'requested access to the resource is denied'))),
    fault: ['auth_forbidden', 'auth_or_missing'],
  },
  {
    what: "Docker Hub's pull limit",
    image: SHOP,
    from: () => startHub({ content: content(), left: 0 }),
    fault: 'rate_limited',
  },
  { what: 'a name that does not resolve', image: 'registry.invalid/shop:1', from: 'none', fault: 'dns' },
  { what: 'a closed port', image: '127.0.0.1:9/shop:1', from: 'none', fault: 'connection_refused' },
  {
    what: 'plain http',
    image: SHOP,
    from: () => plainRegistry(answering(200, '{}'), ownAddress()),
    fault: 'insecure_registry',
  },
  {
    what: 'a certificate nobody signed',
    image: SHOP,
    from: () => tlsRegistry(`IP:${ownAddress()}`, 'valid'),
    fault: 'tls_unknown_ca',
  },
  {
    what: 'a certificate for another name',
    image: SHOP,
    from: () => tlsRegistry('DNS:registry.example.com', 'valid'),
    fault: 'tls_name',
  },
  {
    what: 'an expired certificate',
    image: SHOP,
    from: () => tlsRegistry(`IP:${ownAddress()}`, 'expired'),
    fault: 'tls_name',
  },
  {
    what: 'a registry that is down',
    image: SHOP,
    from: () => plainRegistry(answering(503, 'maintenance', 'text/plain')),
    fault: 'registry_down',
  },
  {
    what: 'a page instead of a manifest',
    image: SHOP,
    from: () => plainRegistry(answering(404, '<html>404</html>', 'text/html')),
    fault: PAGE,
  },
  {
    what: 'the wrong port of Nexus',
    image: SHOP,
    from: () => startNexus({ isWrongPort: true }),
    account: ['reader', NEXUS_ACCOUNTS['reader'] ?? ''],
    fault: PAGE,
  },
  {
    what: 'another platform',
    image: SHOP,
    from: () => plainRegistry(indexFor('linux/s390x', 'linux/riscv64')),
    fault: 'platform',
  },
  {
    what: 'a registry that does not answer',
    image: SHOP,
    from: () => plainRegistry(() => {}),
    fault: 'stalled',
  },
  { what: 'a layer that comes byte by byte', image: SHOP, from: () => plainRegistry(trickling()), fault: 'stalled' },
];

async function faultOf(socketPath: string, reference: string, auth?: RegistryAuth) {
  const engine = connectEngine({ kind: 'unix', socketPath }, { pullQuietMs: 8000 });
  try {
    await engine.pull({ reference, auth }, () => {});
    return { fault: 'none', engineSaid: '' };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { fault: error.fault, engineSaid: error.engineSaid };
  } finally {
    await engine.close();
  }
}

describeWithEngine('a pull that fails on a real engine', () => {
  it.each(ROWS)('is named: $what', { timeout: 60_000 }, async ({ image, fault, from, account }) => {
    const { registry } = bed();
    await using own = typeof from === 'function' ? await from() : undefined;
    const host = own?.host ?? registry.host;
    const [username, password] = account === 'bed' ? [registry.username, registry.password] : (account ?? []);
    const auth =
      username === undefined || password === undefined ? undefined : { username, password, serverAddress: host };

    const found = await faultOf(bed().sockets[0] ?? '', from === 'none' ? image : `${host}/${image}`, auth);

    expect([fault].flat(), found.engineSaid).toContain(found.fault);
  });

  it('is named: the proxy of the engine does not answer', { timeout: 90_000 }, async () => {
    const engine = await startTestEngine({ name: 'proxied', proxy: 'http://127.0.0.1:9' });
    try {
      const found = await faultOf(engine.socketPath, 'registry.example.com/devops/shop:1');

      expect(found).toMatchObject({ fault: 'proxy' });
    } finally {
      await engine.stop();
    }
  });

  it('is named: the disk of the host is full', { timeout: 90_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-full-'));
    const images = join(folder, engineKind() === 'newest-containerd' ? 'containerd' : 'data');
    // The end of the engine unmounts it.
    const disk = smallDisk(images, 64);
    const engine = await startTestEngine({ keptIn: folder });
    try {
      const { registry } = bed();
      disk.fill();
      const { username, password, host } = registry;
      const found = await faultOf(engine.socketPath, `${host}/fairlead/shop:1.0.0`, {
        username,
        password,
        serverAddress: host,
      });

      expect(found).toMatchObject({ fault: 'no_space' });
    } finally {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
