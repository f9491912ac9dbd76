import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { requestFor } from '../../src/sources/address.ts';

const parsed = (source: object) => {
  const base = { slack: { team: 'T0TEAM' }, hosts: { 'web-1': { url: 'unix:///x' } } };
  return parseConfig(JSON.stringify({ ...base, sources: { shop: source } }), 'fairlead.yml', {}).sources.get('shop');
};

describe('a source of the config', () => {
  it.each([
    [{ url: 'https://github.com/acme/shop.git' }, 'https://api.github.com/repos/acme/shop/contents/a%20b/Dockerfile'],
    [
      { url: 'https://git.example.com/acme/shop', kind: 'github', ref: 'next' },
      'https://git.example.com/api/v3/repos/acme/shop/contents/a%20b/Dockerfile?ref=next',
    ],
    [
      { url: 'https://gitlab.example.com/acme/web/shop/' },
      'https://gitlab.example.com/api/v4/projects/acme%2Fweb%2Fshop/repository/files/a%20b%2FDockerfile/raw?ref=HEAD',
    ],
    [{ url: 'https://git.example.com/raw/{ref}/{path}', ref: 'v1' }, 'https://git.example.com/raw/v1/a%20b/Dockerfile'],
  ])('%j is read at %s', (source, address) => {
    const config = parsed(source);

    expect(config && requestFor(config, { path: 'a b/Dockerfile' }).url.href).toBe(address);
  });

  it.each([
    [{ url: 'https://git.example.com/acme/shop' }, /kind/u],
    [{ url: 'https://{path}.example.com/x' }, /must name the host/u],
    [{ url: 'https://dana:pass@git.example.com/{path}' }, /use token/u],
    [{ url: 'ftp://git.example.com/{path}' }, /https address/u],
    [{ url: 'https://github.com/acme' }, /owner and repository/u],
    [{ url: 'https://git.example.com/{path}', kind: 'gitlab' }, /only then/u],
  ])('%j is refused', (source, why) => {
    expect(() => parsed(source)).toThrow(why);
  });
});
