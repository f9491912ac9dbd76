import { type Config, parseConfig } from '../../src/config.ts';

/** A config of two hosts in production, the service shop, and these receivers. */
export function configOf(receivers: object, more: object = {}): Config {
  const host = (name: string) => [name, { url: 'unix:///nowhere/engine.sock', labels: { env: 'prod' } }];
  const config = {
    slack: { team: 'T0FAIRLEAD' },
    hosts: Object.fromEntries(['web-1', 'web-2'].map(host)),
    services: {
      shop: { image: 'harbor.example.com/devops/shop', hosts: 'env=prod' },
      jobs: { image: 'harbor.example.com/devops/jobs', hosts: 'web-1' },
    },
    changes: { receivers },
    ...more,
  };
  return parseConfig(JSON.stringify(config), 'fairlead.yml', {});
}
