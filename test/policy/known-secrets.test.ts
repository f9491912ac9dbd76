import { expect, it } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { redactorOf } from '../../src/policy/known-secrets.ts';
import { noService } from '../../src/policy/services.ts';

const CONFIG = `
slack: { team: T0TEAM }
hosts: { web-1: { url: "unix:///a.sock" } }
registries:
  registry.example.com: { username: bob, password: "\${REGISTRY_WORD}" }
  open.example.com: {}
services: { shop: { image: shop, hosts: all } }
`;
const env = {
  REGISTRY_WORD: 'plain-words-only',
  SLACK_BOT_TOKEN: 'xoxb-'.concat('bot-words-only'),
  SLACK_SIGNING_SECRET: 'signing words only',
  FAIRLEAD_RECORD_KEY: '5e'.repeat(32),
};
const config = parseConfig(CONFIG, 'test.yml', env);

it('values of the config and the environment are masked wherever they stand', () => {
  const redact = redactorOf(config, loadEnvironment(env));
  for (const value of Object.values(env)) expect(redact(`so it says ${value} here`)).toBe('so it says *** here');
});

it('a service that is not there is said, with the one that was meant', () => {
  expect(noService('shop', config, ['shop'])).toBeUndefined();
  expect(noService('shpo', config, ['shop'])).toContain('shop');
  expect(noService('quite-another', config, ['shop'])).not.toContain('Did you mean');
});

it('masks every key that the environment may hold, former ones too', () => {
  const more = {
    FAIRLEAD_RECORD_KEY: 'a1'.repeat(32),
    FAIRLEAD_FORMER_RECORD_KEYS: `${'b2'.repeat(32)},${'c3'.repeat(32)}`,
    FAIRLEAD_TOTP_KEY: 'd4'.repeat(32),
    SLACK_APP_TOKEN: 'xapp-'.concat('app-words-only'),
  };
  const redact = redactorOf(config, loadEnvironment(more));
  for (const value of Object.values(more).join(',').split(','))
    expect(redact(`so it says ${value} here`)).toBe('so it says *** here');
});
