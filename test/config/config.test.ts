import { describe, expect, it } from 'vitest';
import {
  type ContainerConfig,
  loadConfig,
  loadEnvironment,
  parseConfig,
  type RolloutConfig,
} from '../../src/config.ts';

const BASE = `slack: { team: T0TEAM }
hosts:
  web-1: { url: "unix:///a.sock", labels: { role: web } }
  web-2: { url: "unix:///b.sock", labels: { role: web } }
groups: { oncall: { people: [U0OPS1] } }
`;
const parse = (more: string, env: Record<string, string> = {}) => parseConfig(BASE + more, 'fairlead.yml', env);
const mistakes = (more: string, env: Record<string, string> = {}): string => {
  try {
    parse(more, env);
    return 'no mistake found';
  } catch (error) {
    return (error as Error).message;
  }
};
const service = (container: string, rest = '') =>
  `services:\n  shop:\n    image: registry.example.com/shop\n    hosts: all\n    container: { ${container} }\n${rest}`;
function containerOf(text: string, env: Record<string, string> = {}): ContainerConfig {
  const found = parse(text, env).services.get('shop');
  if (found?.kind !== 'container') throw new Error('not a container');
  return found.container;
}

describe('a service', () => {
  it('has its numbers parsed, its name, and docker’s defaults', () => {
    const container = containerOf(
      service(
        'memory: 512m, cpus: 1.5, stopTimeout: 30s, environment: { TZ: UTC, WORKERS: 4, DEBUG: false }, capAdd: [cap_net_admin], healthcheck: { test: "curl -f localhost", interval: 5s }',
      ),
    );
    expect(container).toMatchObject({
      name: 'shop',
      memory: 512 * 1024 * 1024,
      cpus: 1.5,
      stopTimeout: 30_000,
      environment: { TZ: 'UTC', WORKERS: '4', DEBUG: 'false' },
      capAdd: ['NET_ADMIN'],
      restart: 'unless-stopped',
      healthcheck: { test: ['CMD-SHELL', 'curl -f localhost'], interval: 5000, timeout: 30_000, retries: 3 },
      ports: [],
    });
  });

  it('has a rollout with times in milliseconds and waves as numbers', () => {
    const rollout: RolloutConfig | undefined = parse(
      service(
        'name: shop-web',
        '    rollout: { waves: [1, "50%", "100%"], healthyWithin: 2m, probe: { http: { port: 80 } } }',
      ),
    ).services.get('shop')?.rollout;
    expect(rollout).toEqual({
      strategy: 'auto',
      healthyWithin: 120_000,
      stableFor: 10_000,
      drain: 5000,
      keep: 3,
      waves: [{ hosts: 1 }, { percent: 50 }, { percent: 100 }],
      ask: false,
      probe: { http: { port: 80, path: '/' } },
    });
  });

  it('may be a Swarm service, and needs no container section', () => {
    const config = parse(
      'services: { api: { image: nginx, hosts: web-1, swarm: api_web }, shop: { image: shop, hosts: all } }',
    );
    expect(config.services.get('api')).toMatchObject({
      kind: 'swarm',
      swarm: 'api_web',
      image: 'docker.io/library/nginx',
    });
    expect(config.services.get('shop')).toMatchObject({ kind: 'container', container: { name: 'shop' } });
  });

  it('takes secrets from the environment, and tells which values they are', () => {
    const config = parse(service(`environment: { KEY: "a-\${SHOP_KEY}" }`), { SHOP_KEY: 'tops3cret' });
    expect(config.services.get('shop')).toMatchObject({ container: { environment: { KEY: 'a-tops3cret' } } });
    expect(config.secrets).toEqual(['tops3cret']);
    expect(mistakes(service(`environment: { KEY: "\${SHOP_KEY}" }`))).toBe(
      'fairlead.yml:10:38  services.shop.container.environment.KEY: the environment has no SHOP_KEY',
    );
  });

  it.each([
    ['memory: lots', 'services.shop.container.memory: is a size such as 512m or 2g'],
    ['ports: ["80", "x:80"]', 'services.shop.container.ports.1: is a port mapping such as'],
    ['volumes: ["./x:/data"]', 'services.shop.container.volumes.0: is a mount such as'],
    ['restart: sometimes', 'services.shop.container.restart: is no, always'],
    ['environment: { "A B": x }', 'services.shop.container.environment.A B: must be a variable name'],
    ['environment: { A: [x] }', 'services.shop.container.environment.A: must be text; not a list'],
    ['healthcheck: { test: [curl] }', 'services.shop.container.healthcheck.test: must begin with CMD'],
    ['healthcheck: { test: x, interval: soon }', 'healthcheck.interval: is a duration such as'],
    ['stopTimeout: 0s', 'services.shop.container.stopTimeout: is a duration'],
    ['memroy: 1g', 'services.shop.container.memroy: there is no option "memroy" here; did you mean "memory"?'],
    [
      'logging: { drivr: x }',
      'services.shop.container.logging.drivr: there is no option "drivr" here; did you mean "driver"?',
    ],
    [
      'networks: [ { nmae: x } ]',
      'services.shop.container.networks.0.nmae: there is no option "nmae" here; did you mean "name"?',
    ],
    [
      'healthcheck: { tset: x }',
      'services.shop.container.healthcheck.tset: there is no option "tset" here; did you mean "test"?',
    ],
    ['name: -x', 'services.shop.container.name: must be a container name'],
    ['devices: [gpu]', 'services.shop.container.devices.0: is a device'],
    ['extraHosts: [db]', 'services.shop.container.extraHosts.0: is name:address'],
    ['capAdd: ["NET-ADMIN"]', 'services.shop.container.capAdd.0: must be a capability'],
  ])('refuses %s where it stands', (text, expected) => {
    const found = mistakes(service(text));
    expect(found).toContain(expected);
    expect(found).toMatch(/^fairlead\.yml:10:\d+ {2}/u);
  });

  it.each([
    ['{ image: "nginx:1.27", hosts: all }', 'services.a.image: is a repository without tag or digest'],
    ['{ image: "Nginx", hosts: all }', 'services.a.image: `Nginx` is not an image reference'],
    ['{ image: nginx, hosts: web-3 }', 'services.a.hosts: there is no host "web-3"; did you mean "web-1"?'],
    ['{ image: nginx, hosts: all, swarm: x, container: {} }', 'services.a: is either a container or a swarm service'],
    ['{ image: nginx, hosts: all, rollout: { waves: [1] } }', 'services.a.rollout.waves: must end with "100%"'],
    ['{ image: nginx, hosts: all, rollout: { waves: ["0%", "100%"] } }', 'is a number of hosts or a percentage'],
    ['{ image: nginx, hosts: all, rollout: { probe: {} } }', 'services.a.rollout.probe: needs either http or tcp'],
  ])('refuses %s', (text, expected) => {
    expect(mistakes(`services: { a: ${text} }`)).toContain(expected);
  });

  it('cannot be the container another service already is on the same host', () => {
    const two = (hosts: string) =>
      `services: { a: { image: x, hosts: web-1, container: { name: shop } }, shop: { image: x, hosts: ${hosts} } }`;
    expect(mistakes(two('role=web'))).toContain(
      'services.shop: is the container "shop" on web-1, which the service "a" is already',
    );
    expect(parse(two('web-2')).services.size).toBe(2);
  });
});

describe('rules', () => {
  it('have times in milliseconds, and one person who is not the requester as the default', () => {
    const config = parse(
      'approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall] } ]\nbreakGlass: { from: [oncall] }',
    );
    expect(config.approvals[0]).toMatchObject({ count: 1, self: false, expires: 1_800_000, remind: 600_000 });
    expect(config.breakGlass).toEqual({ from: ['oncall'], review: 86_400_000 });
  });

  it('have freezes in minutes of the week', () => {
    const { freeze } = parse(
      'freeze: [ { name: weekend, from: "fri 16:00", to: "mon 08:00", timezone: Europe/Berlin }, { name: n, from: "sun 00:00", to: "sun 00:01", hosts: web-1 } ]',
    );
    expect(freeze[0]).toMatchObject({ from: 5 * 1440 + 960, to: 1440 + 480, hosts: { text: 'all' } });
    expect(freeze[1]).toMatchObject({ from: 0, to: 1, timezone: 'UTC', hosts: { text: 'web-1' } });
  });

  it.each([
    ['approvals: [ { commands: [ps], hosts: all, from: [oncall] } ]', 'approvals.0.commands.0:'],
    [
      'approvals: [ { commands: [prune], hosts: all, from: [onacll] } ]',
      'there is no group "onacll"; did you mean "oncall"?',
    ],
    [
      'approvals: [ { commands: [deploy], hosts: all, from: [oncall], services: [shop] } ]',
      'approvals.0.services.0: there is no service "shop"',
    ],
    ['approvals: [ { commands: [prune], hosts: all, from: [oncall], count: 0 } ]', 'approvals.0.count:'],
    ['approvals: [ { commands: [prune], hosts: all, from: [oncall], stepUp: sms } ]', 'approvals.0.stepUp:'],
    ...['services: [shop]', 'count: 2', 'stepUp: totp'].map((option): [string, string] => [
      `approvals: [ { commands: [deploy, prune], hosts: all, from: [oncall], ${option} } ]`,
      `approvals.0.${option.split(':')[0]}: is not for prune`,
    ]),
    ['breakGlass: { from: [ops] }', 'breakGlass.from.0: there is no group "ops"'],
    ['freeze: [ { name: x, from: "fri 25:00", to: "mon 08:00" } ]', 'freeze.0.from: is a day and a time'],
    [
      'freeze: [ { name: x, from: "fri 16:00", to: "mon 08:00", timezone: Mars/Base } ]',
      'freeze.0.timezone: is a time zone',
    ],
    ['freeze: [ { name: x, from: "fri 16:00", to: "fri 16:00" } ]', 'freeze.0.to: must differ from "from"'],
    [
      'freeze: [ { name: x, from: "fri 16:00", to: "mon 08:00", hosts: web-9 } ]',
      'freeze.0.hosts: there is no host "web-9"',
    ],
    ['roles: { a: { extends: [b] } }', 'roles.a.extends.0: there is no role "b"'],
    [
      'channels: { C0PROD: { grants: [ { role: x, hosts: all } ] } }',
      'channels.C0PROD.grants.0.role: there is no role "x"',
    ],
    ['channels: { general: { } }', 'channels.general: must be a channel id'],
    ['guardrails: { allow: { ports: some } }', 'guardrails.allow.ports:'],
  ])('refuses %s', (text, expected) => {
    expect(mistakes(text)).toContain(expected);
  });

  it('let a role name itself in a circle', () => {
    const config = parse('roles: { a: { commands: [ps], extends: [b] }, b: { commands: [logs], extends: [a] } }');
    expect([...(config.roles.get('a') ?? [])].sort()).toEqual(['logs', 'ps']);
    expect([...(config.roles.get('b') ?? [])].sort()).toEqual(['logs', 'ps']);
  });
});

describe('a misspelt option', () => {
  it.each([
    ['chanels: {}', 'chanels', 'channels'],
    ['roles: { a: { command: [ps] } }', 'roles.a.command', 'commands'],
    ['approvals: [ { commands: [deploy], hosts: all, form: [oncall] } ]', 'approvals.0.form', 'from'],
    ['channels: { C0PROD: { grants: [ { roles: x, hosts: all } ] } }', 'channels.C0PROD.grants.0.roles', 'role'],
    ['guardrails: { allow: { priviledged: true } }', 'guardrails.allow.priviledged', 'privileged'],
    ['freeze: [ { name: x, from: "fri 16:00", too: "mon 08:00" } ]', 'freeze.0.too', 'to'],
    ['audit: { headchanel: C0AUDIT }', 'audit.headchanel', 'headChannel'],
  ])('%s is the one line, where it stands, with the nearest spelling', (text, path, near) => {
    const found = mistakes(text);
    const word = path.split('.').at(-1);
    const column = text.indexOf(`${word}:`) + `${word}: `.length + 1;
    expect(found).toBe(`fairlead.yml:6:${column}  ${path}: there is no option "${word}" here; did you mean "${near}"?`);
  });

  it.each([
    ['services: { a: { image: x, hosts: all, memory: 1g } }', 'here; it belongs under "container"'],
    ['registries: { "a:1": { login: x } }', 'here; there are: kind, username, password, push'],
    ['services: { a: { image: x, hosts: all, rollout: { probe: { htpp: {} } } } }', '; did you mean "http"?'],
    ['__proto__: {}', 'fairlead.yml:6:1  "__proto__" cannot be a name here'],
    ['roles: { a: { commands: [depoly] } }', '; did you mean "deploy"?'],
    ['services: { a: { image: x, hosts: all, rollout: { strategy: stopfirst } } }', '; did you mean "stop-first"?'],
    ['services: { a: { image: x, hosts: all, rollout: { waves: ["x"] } } }', 'services.a.rollout.waves.0: '],
  ])('%s: %s', (text, expected) => {
    expect(mistakes(text)).toContain(expected);
  });

  it('is a variable of the environment, too', () => {
    const env = { HARBOR_PASSWORD: 'x' };
    expect(mistakes(`registries: { a: { username: x, password: "\${HARBOR_PASWORD}" } }`, env)).toContain(
      'the environment has no HARBOR_PASWORD; did you mean "HARBOR_PASSWORD"?',
    );
  });
});

describe('the file', () => {
  it('is strict by itself: what is not allowed is not', () => {
    expect(parse('').guardrails).toEqual({
      allow: {
        privileged: false,
        hostNamespaces: false,
        dockerSocket: false,
        unconfined: false,
        devices: [],
        capabilities: [],
        binds: [],
        volumes: [],
        ports: 'unprivileged',
      },
      require: ['memory'],
    });
  });

  it('says where YAML itself is wrong', () => {
    expect(mistakes('roles: { a: [ }')).toMatch(/^fairlead\.yml:6:\d+ {2}/u);
  });

  it('says so when it is empty', () => {
    expect(() => parseConfig('', 'fairlead.yml', {})).toThrow('fairlead.yml:1:1  ');
  });

  it('says so when it is not there', () => {
    expect(() => loadConfig('/nowhere/fairlead.yml', {})).toThrow('/nowhere/fairlead.yml cannot be read: ENOENT');
  });
});

describe('the environment', () => {
  it('names the variable at fault, and never its value', () => {
    expect(() => loadEnvironment({ FAIRLEAD_TOTP_KEY: 'hunter2', SLACK_BOT_TOKEN: 'xoxp-secret' })).toThrow(
      'SLACK_BOT_TOKEN must start with xoxb-\nFAIRLEAD_TOTP_KEY must be 64 hex digits: openssl rand -hex 32',
    );
    expect(loadEnvironment({ PORT: '' }).PORT).toBe(3000);
  });
});

it('the id of an organization is no workspace', () => {
  expect(() => parseConfig(BASE.replace('T0TEAM', 'E0TEAM'), 'f.yml', {})).toThrow(
    /slack\.team.*id of an organization/u,
  );
});
