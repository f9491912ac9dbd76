import { stringify } from 'yaml';
import type { CommandName } from '../../src/commands/index.ts';
import { LABEL } from '../engine/guard.ts';
import type { LocalRegistry } from '../engine/registry.ts';
import { APP, TEAM } from '../server/defaults.ts';
import { SHOP_LIMITS, type StoryHost, shopImage } from './samples.ts';

/** The commands of an operator, besides reading. */
const CHANGES = [
  'pull',
  'tag',
  'push',
  'prune',
  'deploy',
  'rollback',
  'lock',
  'unlock',
  'ask',
  'start',
  'stop',
  'restart',
  'kill',
  'pause',
  'unpause',
  'update',
  'rename',
  'rm',
  'cp-out',
  'run',
  'exec',
  'grant',
  'grants',
] as const satisfies readonly CommandName[];

/** The `fairlead.yml` of the playground's bot. */
export function storyConfig(hosts: readonly StoryHost[], registry: LocalRegistry | undefined): string {
  const team = ['developers', 'oncall'];
  const labels = { env: 'prod', role: 'web' };
  return stringify({
    slack: { team: TEAM, app: APP },
    hosts: Object.fromEntries(hosts.map(({ name, socketPath }) => [name, { url: `unix://${socketPath}`, labels }])),
    ...(registry && {
      registries: { [registry.host]: { username: registry.username, password: `\${REGISTRY_PASSWORD}` } },
      services: { shop: service(registry) },
    }),
    // No other images are pulled: the engine may be the user's.
    images: registry ? { allow: [`${registry.host}/**`], push: [`${registry.host}/**`] } : { allow: ['sample/**'] },
    run: { memory: '256m', cpus: 1, pids: 100, longest: '1h' },
    // All containers that the guard lets the bot change are samples.
    adopt: [{ containers: ['*'], hosts: 'all' }],
    groups: {
      developers: { people: ['U0DEV1'] },
      oncall: { usergroup: 'S0ONCALL' },
      viewers: { people: ['U0VIEW1'] },
    },
    roles: {
      viewer: {
        commands: [
          'images',
          'ps',
          'logs',
          'stats',
          'inspect',
          'top',
          'port',
          'diff',
          'slim',
          'lint',
          'scan',
          'search',
          'tags',
          'registries',
          'login-check',
          'df',
          'events',
          'status',
          'why',
          'locks',
          'history',
          'deployments',
        ],
      },
      operator: {
        extends: ['viewer'],
        commands: [...CHANGES],
        exec: [{ commands: ['ls ...', 'ps', 'top -b -n 1', 'cat /tmp/**'], timeout: '10s' }],
      },
      auditor: { commands: ['audit'] },
    },
    channels: {
      C0STAGING: { name: 'staging', grants: [{ role: 'viewer', to: [...team, 'viewers'], hosts: 'all' }] },
      C0PROD: {
        name: 'prod',
        grants: [
          { role: 'viewer', to: ['viewers'], hosts: 'all' },
          { role: 'operator', to: team, hosts: 'all' },
          { role: 'auditor', to: ['oncall'], hosts: 'all' },
        ],
      },
    },
    approvals: [
      { commands: ['prune', 'deploy', 'rollback', 'tag', 'push'], hosts: 'all', from: ['oncall'], expires: '30m' },
    ],
    budget: { commands: 120, per: '1m' },
  });
}

function service(registry: LocalRegistry): object {
  return {
    image: shopImage(registry),
    hosts: 'role=web',
    container: { name: 'shop', labels: { [LABEL]: '1' }, ...SHOP_LIMITS },
    rollout: { healthyWithin: '30s', stableFor: '2s', waves: [1, '100%'] },
  };
}
