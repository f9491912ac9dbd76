import { expect, it } from 'vitest';
import { startRegistry } from '../../playground/engine/registry.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { privateCa } from '../registry/private-ca.ts';
import { pushImage } from '../registry/push.ts';
import { configWith } from '../registry/server.ts';
import { ownAddress } from '../why/registries.ts';
import { finding } from './find.ts';

describeWithEngine('a real registry with a password, TLS of a private CA, and deletion off', () => {
  it('is searched by its catalogue and gives its tags, once the config names its CA', async () => {
    // Not the loopback, to which plain http would be spoken.
    const address = ownAddress() ?? '127.0.0.1';
    using ca = privateCa(address);
    const registry = await startRegistry({ tls: ca, address, deletes: false });
    try {
      const { host, username, password } = registry;
      const own = { username, password, ca: ca.ca };
      const push = createRegistries(configWith({ [host]: own }));
      for (const path of ['devops/shop', 'devops/shop-web', 'devops/other'])
        await pushImage(push.repository({ registry: host, path }, 'push'), '1.0.0');
      await using at = await finding({ one: {} }, { registries: { [host]: own } });

      const found = await at.search(`shop --registry ${host}`);
      expect(found.rows.map(({ name }) => name)).toEqual([`${host}/devops/shop`, `${host}/devops/shop-web`]);
      const { rows } = await at.tags(`${host}/devops/shop`);
      expect(rows).toMatchObject([
        { tag: '1.0.0', detail: { digest: expect.stringMatching(/^sha256:/u), signature: 'absent' } },
      ]);

      await using without = await finding({ one: {} }, { registries: { [host]: { username, password } } });
      const [failed] = (await without.search(`shop --registry ${host}`)).notSearched;
      expect(failed).toMatchObject({ registry: host, cause: expect.stringContaining('CA') });
      expect(await without.desk.say(`/dock tags ${host}/devops/shop`)).toMatchObject({ reason: 'unreachable' });

      const wrong = { [host]: { ...own, password: 'wrong' } };
      await using refused = await finding({ one: {} }, { registries: wrong });
      expect((await refused.search(`shop --registry ${host}`)).notSearched).toMatchObject([{ registry: host }]);
    } finally {
      await registry.stop();
    }
  });
});
