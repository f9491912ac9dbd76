import { expect, it } from 'vitest';
import { mustSend } from '../../playground/engine/api.ts';
import { registryAuth } from '../../playground/engine/registry.ts';
import { parseConfig } from '../../src/config.ts';
import { parseReference } from '../../src/domain/reference.ts';
import { closest } from '../../src/domain/version.ts';
import { createTags } from '../../src/registry/tags.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';

function tags(password?: string) {
  const { host, username } = bed().registry;
  const registries =
    password === undefined ? '' : `registries: { "${host}": { username: ${username}, password: ${password} } }`;
  const text = `slack: { team: T0FAIRLEAD }\nhosts: { one: { url: "unix:///run/docker.sock" } }\n${registries}\n`;
  return createTags(parseConfig(text, 'fairlead.yml', {}));
}
const shop = (tag: string) => parseReference(`${bed().registry.host}/fairlead/shop:${tag}`);
const never = new AbortController().signal;

describeWithEngine('tags', () => {
  it('lists every tag of a repository, with the account of the config', async () => {
    const { tags: found } = await tags(bed().registry.password).list(shop('1.0.0'), never);

    expect(found).toEqual(expect.arrayContaining(['1.0.0', '1.1.0', '1.2.0-rc.1']));
  });

  it('says the digest an engine pulls by, not that of another kind of manifest', async () => {
    const { registry } = bed();

    const digest = await tags(registry.password).digest(shop('1.1.0'), never);

    const path = `/distribution/${registry.host}/fairlead/shop:1.1.0/json`;
    const said = await mustSend(bed().sockets[0] ?? '', { method: 'GET', path, headers: registryAuth(registry) });
    expect(digest).toBe((JSON.parse(said) as { Descriptor: { digest: string } }).Descriptor.digest);
  });

  it.each([
    ['a tag that is not there', true, '9.9.9'],
    ['no account', false, '1.1.0'],
  ])('has no digest with %s, and does not throw', async (_, known, tag) => {
    expect(await tags(known ? bed().registry.password : undefined).digest(shop(tag), never)).toBeUndefined();
  });

  it('suggests what is nearest, and nothing from a registry that does not answer', async () => {
    expect((await tags(bed().registry.password).near(shop('1.0.1'), never)).tags[0]).toBe('1.0.0');
    expect(await closest('1.5', ['1.4.0', '1.5.0', '1.5.2', '1.6.0'])).toEqual(['1.5.2', '1.5.0', '1.6.0', '1.4.0']);
    expect(await tags().near(parseReference('127.0.0.1:9/none:1'), never)).toMatchObject({ tags: [] });
  });
});
