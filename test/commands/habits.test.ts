import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { parse, refusal } from './told.ts';

describe("docker's habits", () => {
  it.each([
    ['docker ps', 'ps', {}],
    ['dock docker ps -a', 'ps', { all: true }],
    ['sudo docker ps -aq', 'ps', { all: true, quiet: true }],
    ['container ls --all', 'ps', { all: true }],
    ['docker container list', 'ps', {}],
    ['docker container logs shop --tail=50', 'logs', { container: 'shop', tail: 50 }],
    ['docker compose logs -f shop', 'logs', { follow: true, container: 'shop' }],
    ['image ls -q', 'images', { quiet: true }],
    ['docker image pull nginx:1.27', 'pull', {}],
    ['docker image prune -af', 'prune', { what: 'images', all: true }],
    ['docker builder prune -f', 'prune', { what: 'cache' }],
    ['docker volume rm -f old-data', 'prune', { what: 'volumes', names: ['old-data'] }],
    ['docker system df -v', 'df', {}],
    ['docker info', 'hosts', {}],
    ['docker --version', 'hosts', {}],
    ['Docker', 'help', {}],
    ['docker service rollback -q shop', 'rollback', { service: 'shop' }],
    ['docker stop shop', 'stop', { containers: ['shop'] }],
    ['docker container stop -t 5 shop worker', 'stop', { containers: ['shop', 'worker'], timeout: 5 }],
    ['docker stop --time=30 shop', 'stop', { timeout: 30 }],
    ['docker rm -fv shop', 'rm', { containers: ['shop'], force: true, volumes: true }],
    ['docker container remove shop', 'rm', { containers: ['shop'] }],
    ['docker kill --signal=SIGHUP shop', 'kill', { signal: 'SIGHUP' }],
    ['docker kill -s 9 shop', 'kill', { signal: 'SIGKILL' }],
    ['kill shop', 'kill', { signal: 'SIGKILL' }],
    ['docker pause shop', 'pause', { containers: ['shop'] }],
    ['docker container rename shop shop-old', 'rename', { container: 'shop', name: 'shop-old' }],
    ['docker cp shop:/etc/hosts .', 'cp-out', { file: { container: 'shop', path: '/etc/hosts' } }],
    ['docker container cp -aL shop:etc/hosts /tmp/x @web-1', 'cp-out', { file: { path: '/etc/hosts' } }],
    ['docker cp shop:/etc/hosts -', 'cp-out', { file: { container: 'shop' } }],
    ['restart shop', 'restart', { containers: ['shop'] }],
    ['docker compose restart shop', 'restart', { containers: ['shop'] }],
    ['dock stop 01J9ZZZZZZZZZZZZZZZZZZZZZZ', 'unfollow', { id: '01J9ZZZZZZZZZZZZZZZZZZZZZZ' }],
    ['ps shop db', 'ps', { names: ['shop', 'db'] }],
    ['ps --format "{{.Names}}"', 'ps', { format: '{{.Names}}' }],
    ['ps shop on web-1', 'ps', { names: ['shop'] }],
    ['ps -n 3', 'ps', { last: 3 }],
    ['ps -l --no-trunc', 'ps', { latest: true, noTrunc: true }],
    ['ps -all', 'ps', { all: true, latest: false }],
    ['ps --all=true', 'ps', { all: true }],
    ['ps --all=false', 'ps', { all: false }],
    ['logs shop -n 50', 'logs', { tail: 50 }],
    ['logs shop --tail=50', 'logs', { tail: 50 }],
    ['logs -fn50 shop', 'logs', { follow: true, tail: 50 }],
    ['logs shop -50', 'logs', { tail: 50 }],
    ['logs shop -tail 50', 'logs', { tail: 50 }],
    ['logs shop --n 50', 'logs', { tail: 50 }],
    ['logs shop --grep error -E', 'logs', { grep: 'error' }],
    ['logs -H web-1 shop', 'logs', { container: 'shop' }],
    ['prune -af images', 'prune', { what: 'images', all: true }],
    ['prune image -f', 'prune', { what: 'images' }],
    ['prune Images', 'prune', { what: 'images' }],
    ['prune builder', 'prune', { what: 'cache' }],
    ['prune images --filter until=24h', 'prune', { olderThan: 86_400_000 }],
    ['prune images --filter dangling=false', 'prune', { all: true }],
    ['pull -q nginx:1', 'pull', {}],
    ['lock shop 2h', 'lock', { service: 'shop', for: 7_200_000 }],
    ['lock shop 30m --reason x', 'lock', { for: 1_800_000, reason: 'x' }],
    ['deploy shop:1.4.0', 'deploy', { service: 'shop', image: '1.4.0' }],
    ['deploy shop:1.4.0 --plan', 'deploy', { service: 'shop', image: '1.4.0', plan: true }],
    ['rollback shop:1.3.2', 'rollback', { service: 'shop', to: '1.3.2' }],
    ['deploy shop 1.4.0 -d --pull always', 'deploy', { service: 'shop', image: '1.4.0' }],
    ['deploy shop 1.4.0 --limit-memory 512m', 'deploy', { memory: 536_870_912 }],
    ['deploy shop --reason hotfix 1.4.0', 'deploy', { image: '1.4.0', reason: 'hotfix' }],
    ['deploy shop to 1.4.0', 'deploy', { service: 'shop', image: '1.4.0' }],
    ['deploy shop --image shop:1.4.0', 'deploy', { service: 'shop', image: 'shop:1.4.0' }],
    ['deploy shop --tag=1.4.0 --dry-run', 'deploy', { image: '1.4.0', plan: true }],
    ['roll back shop 1.3.2', 'rollback', { service: 'shop', to: '1.3.2' }],
    ['kill -9 shop', 'kill', { containers: ['shop'], signal: 'SIGKILL' }],
    ['kill -HUP shop', 'kill', { signal: 'SIGHUP' }],
    ['--version', 'status', {}],
    ['dock -v', 'status', {}],
    ['dock -h', 'help', {}],
    ['—help', 'help', {}],
  ])('takes %s', (line, name, args) => {
    const parsed = parse(line);
    expect(parsed.spec.name).toBe(name);
    expect(parsed.args).toMatchObject(args);
    expect(parse(parsed.line)).toMatchObject({ args: parsed.args, line: parsed.line });
  });

  it.each([
    ['logs shop —tail=50', { tail: 50 }],
    ['logs shop –tail 50', { tail: 50 }],
    ['logs shop –fn50', { follow: true, tail: 50 }],
    ['logs shop —n 50', { tail: 50 }],
    ['logs shop –50', { tail: 50 }],
    ['logs\u00a0shop\u00a0–n\u00a050', { tail: 50 }],
    ['logs shop –fn50 @web-1.', { follow: true, tail: 50 }],
    ['logs shop.', { container: 'shop.' }],
    ['logs shop -n 50.', { tail: 50 }],
    ['logs shop, ', { container: 'shop' }],
    ['logs shop!', { container: 'shop' }],
    ['logs shop?', { container: 'shop' }],
    ['ps –aq', { all: true, quiet: true }],
    ['ps.', {}],
    ['Ps, -a', { all: true }],
    ['ps —no—trunc', { noTrunc: true }],
    ['prune images –af', { all: true }],
    ['prune images.', { what: 'images' }],
    ['deploy shop 1.5.0 —reason “it’s faster”.', { reason: 'it’s faster' }],
    ['deploy shop 1.5.0 --reason "faster basket"!', { reason: 'faster basket' }],
    ['deploy shop 1.5.0 --reason=“faster”,', { reason: 'faster' }],
  ])('takes %s as a phone types it', (line, args) => {
    expect(parse(line).args).toMatchObject(args);
  });

  it.each(SPECS.map(({ name }) => name))('says how %s is used, however it is asked', (name) => {
    for (const ask of ['help', '-h', '--help', '?', 'Help', 'help.', '—help'])
      expect(parse(`dock ${name} ${ask}`), ask).toMatchObject({ help: true, spec: { name } });
  });

  it('takes a container that is called help, in quotes', () => {
    const parsed = parse('logs "help"');
    expect(parsed).toMatchObject({ help: false, args: { container: 'help' } });
    expect(parse(parsed.line)).toMatchObject({ help: false, args: { container: 'help' } });
  });
});

describe('options of other tools that roll out', () => {
  it.each([
    ['deploy shop 1.4.0 --canary', /`rollout\.waves`/u],
    ['deploy shop 1.4.0 --canary=1', /`rollout\.waves`/u],
    ['deploy shop 1.4.0 --max-parallel 2', /`rollout\.waves`/u],
    ['rollback shop --max-parallel=2', /`rollout\.waves`/u],
    ['deploy shop 1.4.0 --timeout 5m', /`rollout\.healthyWithin`/u],
    ['rollback shop --wait-timeout 300', /`rollout\.healthyWithin`/u],
    ['deploy shop --build', /builds no images/u],
    ['rollback shop --to-revision=3', /rollback shop 1\.3\.2/u],
  ])('%s is answered with what there is instead', (line, instead) => {
    const { message = '', hint = '' } = refusal(line) ?? {};
    expect(`${message} ${hint}`).toMatch(instead);
  });

  it.each(['wait', 'atomic', 'rollback-on-failure'])('--%s is what always happens', (option) => {
    expect(parse(`deploy shop 1.4.0 --${option}`).args).toMatchObject({ service: 'shop', image: '1.4.0' });
    expect(parse(`rollback shop --${option}`).args).toMatchObject({ service: 'shop' });
  });
});
