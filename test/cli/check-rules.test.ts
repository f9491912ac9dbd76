import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkAdopted } from '../../src/cli/check/adopted.ts';
import { checkRules } from '../../src/cli/check/rules.ts';
import { type Config, loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import type { Deps } from '../../src/handlers/deps.ts';
import { createPeople } from '../../src/slack/client/people.ts';
import { createLog } from '../../src/telemetry.ts';
import { fakeEngine, VERSION } from '../docker/fake-engine.ts';
import { RECORD_KEY } from '../store/keys.ts';

const BASE = {
  slack: { team: 'T0TEAM' },
  hosts: {
    'web-1': { url: 'unix:///a.sock', labels: { env: 'prod' } },
    'web-2': { url: 'unix:///b.sock', labels: { env: 'staging' } },
  },
  groups: { oncall: { people: ['U0OPS1', 'U0OPS2'] }, solo: { people: ['U0OPS1'] }, live: { usergroup: 'S0LIVE' } },
  roles: { viewer: { commands: ['ps'] }, releaser: { extends: ['viewer'], commands: ['deploy'] } },
  channels: { C0PROD: { grants: [{ role: 'releaser', hosts: 'env=prod' }] } },
  services: { shop: { image: 'example.com/shop', hosts: 'env=prod' } },
};

function config(more: object): Config {
  return parseConfig(JSON.stringify({ ...BASE, ...more }), 'test.yml', {});
}
const found = (more: object) => checkRules(config(more)).map(({ level, what, fix }) => `${level} ${what} → ${fix}`);
const grants = (...list: object[]) => ({ channels: { C0PROD: { grants: list } } });
async function depsOf(more: object): Promise<Deps> {
  const env = loadEnvironment({ DATABASE_URL: ':memory:', FAIRLEAD_RECORD_KEY: RECORD_KEY });
  const own = parseConfig(JSON.stringify({ slack: { team: 'T0TEAM' }, ...more }), 'test.yml', {});
  const log = createLog('silent');
  const core = await openCore(own, env, log);
  onTestFinished(() => core.close());
  return core.deps(createPeople(own, undefined, log));
}
const approvals = (rule: object) => ({
  approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'], ...rule }],
});
const releaser = { role: 'releaser', hosts: 'env=prod' };

describe('check, on what the config allows nobody or about nothing', () => {
  it('has nothing to say of a config that works, nor of the example', () => {
    expect(found({})).toEqual([]);
    const env = { HARBOR_PASSWORD: 'x', SHOP_DATABASE_PASSWORD: 'y' };
    const example = parseConfig(readFileSync('fairlead.example.yml', 'utf8'), 'fairlead.example.yml', env);
    expect(checkRules(example).map(({ what }) => what)).toEqual([]);
  });

  it.each([
    [
      grants(releaser, { role: 'viewer', hosts: 'env=prd' }),
      /^warn channels\.C0PROD\.grants\.1\.hosts: "env=prd" matches no host → Did you mean "env=prod"/u,
    ],
    [
      grants(releaser, { role: 'viewer', hosts: 'web-2,zone=eu' }),
      /"zone=eu" matches no host → Labels there are: env=prod, env=staging/u,
    ],
    [
      { services: { ...BASE.services, mail: { image: 'x', hosts: 'role=mail' } } },
      /^warn services\.mail\.hosts: "role=mail" matches no host/u,
    ],
    [approvals({ hosts: 'env=prood' }), /^warn approvals\.0\.hosts: "env=prood" matches no host/u],
    [{ adopt: [{ containers: ['*'], hosts: 'env=x' }] }, /^warn adopt\.0\.hosts: "env=x" matches no host/u],
    [{ freeze: [{ name: 'f', from: 'fri 16:00', to: 'mon 08:00', hosts: 'env=x' }] }, /^warn freeze\.0\.hosts/u],
    [{ channels: { ...BASE.channels, C0EMPTY: {} } }, /^warn channels\.C0EMPTY: it has no grants/u],
    [
      { roles: { ...BASE.roles, auditor: { commands: ['audit'] } } },
      /^warn roles\.auditor: nobody can use it: no channel grants it/u,
    ],
    [{ roles: { ...BASE.roles, none: {} } }, /^warn roles\.none: it has no commands/u],
    [
      {
        roles: { ...BASE.roles, auditor: { commands: ['audit'] } },
        ...grants(releaser, { role: 'auditor', hosts: 'env=x' }),
      },
      /^warn roles\.auditor: nobody can use it: each of its grants gives nothing/u,
    ],
    [
      grants(releaser, { role: 'viewer', hosts: 'all', services: ['shop'] }),
      /^warn channels\.C0PROD\.grants\.1: it gives nothing: no command of the role "viewer" is about a service/u,
    ],
    [
      grants(releaser, { role: 'releaser', hosts: 'web-2', services: ['shop'] }),
      /the service "shop" is on none of its hosts/u,
    ],
    [grants({ role: 'viewer', hosts: 'all' }), /^warn services\.shop: nobody can deploy it/u],
    [grants({ role: 'releaser', hosts: 'web-2' }), /^warn services\.shop: nobody can deploy it/u],
    [
      { images: { allow: ['docker.io/**'] } },
      /^warn services\.shop\.image: images\.allow does not allow example\.com\/shop/u,
    ],
    [approvals({ count: 3 }), /^warn approvals\.0: 3 people have to approve, and "from" has 2/u],
    [approvals({ from: ['solo'] }), /^warn approvals\.0: what one of U0OPS1 asks, nobody can approve/u],
  ])('%j', (more, expected) => {
    expect(found(more).filter((line) => expected.test(line))).toHaveLength(1);
  });

  it.each([
    approvals({ from: ['live'] }),
    approvals({ from: ['solo'], self: true }),
    approvals({ from: ['solo', 'oncall'] }),
    grants({ ...releaser, to: ['live'] }),
    grants({ ...releaser, hosts: 'all' }),
  ])('does not guess about %j', (more) => {
    expect(found(more)).toEqual([]);
  });

  it('names patterns of adopt that no container has, where all their hosts answer', async () => {
    const list = [
      { Id: 'a'.repeat(64), Names: ['/worker-1'] },
      { Id: 'b'.repeat(64), Names: ['/cron'] },
    ];
    await using engine = await fakeEngine({
      'GET /containers/json': (response) => void response.end(JSON.stringify(list)),
    });
    const hosts = { 'web-1': { url: `unix://${engine.socketPath}` }, 'web-2': { url: 'unix:///nowhere.sock' } };
    const adopt = [
      { containers: ['worker-*', 'wroker-*', 'cron'], hosts: 'web-1' },
      { containers: ['gone'], hosts: 'all' },
    ];
    const findings = await checkAdopted(await depsOf({ hosts, adopt }));
    expect(findings.map(({ what }) => what)).toEqual(['adopt.0.containers: "wroker-*" matches no container on web-1']);
  });

  it('names them after fifteen seconds, although a host is slow to begin with and then never answers', async () => {
    const [greeted, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // The calls have limits of their own, which come to twenty seconds together.
    await using silent = await fakeEngine({
      'GET /version': (response) => {
        setTimeout(() => response.end(JSON.stringify(VERSION)), 4000);
        greeted.resolve();
      },
      'GET /containers/json': () => asked.resolve(),
    });
    await using engine = await fakeEngine({ 'GET /containers/json': (response) => void response.end('[]') });
    const hosts = {
      'web-1': { url: `unix://${engine.socketPath}` },
      'web-2': { url: `unix://${silent.socketPath}` },
    };
    const adopt = [
      { containers: ['gone'], hosts: 'web-1' },
      { containers: ['unknown'], hosts: 'all' },
    ];
    const deps = await depsOf({ hosts, adopt });
    // What waits for a timer within the client goes on by itself; the longer waits are skipped.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const began = Date.now();
    let took: number | undefined;
    const checking = checkAdopted(deps).finally(() => {
      took = Date.now() - began;
    });
    await greeted.promise;
    await vi.advanceTimersByTimeAsync(4000);
    await asked.promise;
    while (took === undefined) await vi.advanceTimersByTimeAsync(500);

    expect(took).toBeGreaterThan(14_000);
    expect(took).toBeLessThan(18_000);
    // A pattern of the silent host may be right.
    expect((await checking).map(({ what }) => what)).toEqual([
      'adopt.0.containers: "gone" matches no container on web-1',
    ]);
  }, 10_000);
});
