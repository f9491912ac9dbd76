import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseReference } from '../../src/domain/reference.ts';
import { configOf, proofsOf } from './rules.ts';
import { keyPair, pemOf } from './world.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const team = keyPair();
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const FILES = {
  'cosign.pub': pemOf(team),
  'cosign.key': team.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'small.pub': pemOf(small),
  'not-a-key': 'hello',
  'not-a-root.json': '{}',
};
const rule = (signer: object, more = {}) => ({ images: ['**'], signers: [signer], ...more });
const read = (one: object) => configOf('registry.example.com', [one], FILES);

it.each([
  ['https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main'],
  ['https://github.com/acme/**'],
  ['https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*'],
  ['releases@example.com'],
  ['*@example.com'],
])('an identity that cannot be another organization is taken: %s', (identity) => {
  expect(read(rule({ issuer: ISSUER, identity })).verify).toMatchObject([{ signers: [{ kind: 'keyless', identity }] }]);
});

it.each([
  ['**'],
  ['*'],
  ['https://**'],
  ['https://github.com/**'],
  ['https://github.com/acme*'],
  ['https://github.com/acme*/**'],
  ['https://*/acme/shop'],
  ['*@*'],
  ['*@example.*'],
  ['anyone@*.com'],
  ['a b@example.com'],
  ['https://github.com/acme/shop\n'],
])('one that could be is a mistake, named by its place: %j', (identity) => {
  expect(() => read(rule({ issuer: ISSUER, identity }))).toThrow(/images\.verify\.0\.signers\.0/u);
});

it.each([['missing.pub'], ['cosign.key'], ['small.pub'], ['not-a-key']])(
  'a key file that cannot be used is a mistake of the config: %s',
  (key) => {
    expect(() => read(rule({ key }))).toThrow(/:\d+:\d+ {2}images\.verify\.0\.signers\.0\.key: /u);
  },
);

it.each([
  ['a root that is not there', rule({ key: 'cosign.pub' }, { trustedRoot: 'missing.json' })],
  ['a root that is none', rule({ key: 'cosign.pub' }, { trustedRoot: 'not-a-root.json' })],
  ['no signer', { images: ['**'], signers: [] }],
  ['no image', { images: [], signers: [{ key: 'cosign.pub' }] }],
  ['a provenance of nothing', rule({ key: 'cosign.pub' }, { provenance: {} })],
  ['an identity without issuer', rule({ identity: 'releases@example.com' })],
  ['an option that is none', rule({ key: 'cosign.pub', optional: true })],
])('%s is a mistake of the config', (_, one) => {
  expect(() => read(one)).toThrow(/images\.verify\.0/u);
});

it('a public key is read when the config is', () => {
  expect(read(rule({ key: 'cosign.pub' })).verify).toMatchObject([
    { path: 'images.verify[0]', signers: [{ kind: 'key', file: 'cosign.pub' }] },
  ]);
});

it.each([
  'HARBOR.example.com/devops/shop',
  'harbor.example.com:443/devops/shop',
  'harbor.example.com:80/devops/shop',
  'registry-1.docker.io/acme/shop',
  'index.docker.io/acme/shop',
  'acme/shop',
])('a rule covers its repository by another spelling of the registry: %s', (name) => {
  const config = read({ ...rule({ key: 'cosign.pub' }), images: ['Harbor.example.com/devops/**', 'docker.io/acme/*'] });

  expect(proofsOf(config).covers(parseReference(name))).toBe(true);
  expect(proofsOf(config).covers(parseReference('harbor.example.com:8443/devops/shop'))).toBe(false);
});
