import { expect, it } from 'vitest';
import type { PruneArgs } from '../../src/commands/cleanup/prune.ts';
import { SPECS } from '../../src/commands/index.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';
import { asText } from '../../src/domain/phrase.ts';

function hintOf(line: string): unknown {
  try {
    return parseLine(line, SPECS).line;
  } catch (error) {
    if (error instanceof UserError) return error.hint;
    throw error;
  }
}

const HOUR = 3_600_000;

it.each([
  ['lock shop for 2h', 2 * HOUR],
  ['lock shop 2 hours', 2 * HOUR],
  ['lock shop for 2 hours', 2 * HOUR],
  ['lock shop --for 90 min', 1.5 * HOUR],
  ['lock shop 30min', HOUR / 2],
  ['lock shop for an hour --reason "for 3 days"', HOUR],
  ['lock shop for 1h 30m', 1.5 * HOUR],
  ['lock shop --reason "x" for 1 Week', 168 * HOUR],
  ['lock for for 1 day', 24 * HOUR],
  ['lock shop --reason "for 3 hours"', 2 * HOUR],
  ['grant exec shop for 30 minutes --reason "x"', HOUR / 2],
])('a duration is taken in words: %s', (line, expected) => {
  expect(parseLine(line, SPECS).args).toMatchObject({ for: expected });
});

it.each([
  ['lock shop until 14:00', '/dock lock shop --for 2h'],
  ['lock shop tomorrow', '/dock lock shop --for 2h'],
  ['lock shop til 5pm --reason "x"', '/dock lock shop --for 2h --reason x'],
  ['lock shop 14:00', '/dock lock shop --for 2h'],
  ['lock shop by Friday', '/dock lock shop --for 2h'],
  ['lock shop 4h until monday', '/dock lock shop --for 4h'],
  ['grant exec shop until 15:00', '/dock grant exec shop --for 30m'],
  ['lock shop --until 14:00', '/dock lock shop'],
  ['lock shop for the release', '/dock lock shop --reason "for the release"'],
  ['lock shop by hand', '/dock lock shop --reason "by hand"'],
  ['lock shop please', '/dock lock shop'],
  ['unlock shop please', '/dock unlock shop'],
  ['ask shop, please!', '/dock ask shop'],
  ['pull shop:1 please', '/pull shop:1'],
  ['logs shop error', '/logs shop --grep error'],
  ['logs shop grep error', '/logs shop --grep error'],
  ['logs shop search out of memory', '/logs shop --grep "out of memory"'],
  ['deploy shop 1.5.0 dry-run', '/deploy shop 1.5.0 --plan'],
  ['pull https://docker.io/library/nginx:1.27', '/pull docker.io/library/nginx:1.27'],
  ['pull docker pull nginx', '/pull nginx'],
  ['run docker run nginx ls', '/run nginx ls'],
  ['pull shop:1.5.0 shop:1.6.0', '/pull shop:1.5.0'],
  ['who', '/dock whoami'],
  ['logs shop -n 20 out of memory', '/logs shop -n 20 --grep "out of memory"'],
  ['logs shop since yesterday', '/logs shop --since 24h'],
  ['events shop --since 1h', '/dock events --container shop --since 1h'],
  ['hosts down', '/dock hosts --state down'],
  ['inspect shop image', '/inspect shop --type image'],
])('%s is corrected to %s', (line, expected) => {
  expect(hintOf(line)).toBe(`Try \`${expected}\``);
});

it.each([
  ['logs shop | tail -n 50', '/logs shop -n 50'],
  ['logs shop | tail 50', '/logs shop -n 50'],
  ['logs shop | tail -50', '/logs shop -n 50'],
  ['logs shop | tail', '/logs shop'],
  ['logs shop | grep -i error', '/logs shop --grep "(?i)error"'],
  ['logs shop | grep -v error | wc -l', '/logs shop --grep error -v'],
  ['logs shop | grep', '/logs shop'],
  ['logs shop | sort', '/logs shop'],
  ['logs shop 2>&1', '/logs shop'],
  ['logs shop && ps', '/logs shop'],
  ['logs shop > errors.txt', '/logs shop'],
  ['logs shop >> errors.txt', '/logs shop'],
  ['logs shop 2>/dev/null', '/logs shop'],
  ['logs shop &', '/logs shop'],
  ['ps | grep shop', '/ps shop'],
  ['ps -a | grep -i shop', '/ps -a'],
  ['ps -a | grep shop | wc -l', '/ps -a shop'],
  ['ps worker | grep shop', '/ps worker'],
  ['images | tail -5', '/images'],
  ['images | grep shop', '/images shop'],
  ['images | grep "shop|web"', '/images'],
  ['stats | grep shop', '/stats shop'],
  ['inspect shop | grep Image', '/inspect shop'],
  ['events | grep shop', '/dock events'],
  ['ps -a@web-1', '/ps -a @web-1'],
  ['ps --all@web-1', '/ps --all @web-1'],
  ['logs shop@web-1', '/logs shop @web-1'],
  ['logs shop@Web-1 -n 5', '/logs shop @web-1 -n 5'],
  ['logs shop -n5@web-1', '/logs shop -n5 @web-1'],
  ['logs shop --since=10m@web-1', '/logs shop --since=10m @web-1'],
  ['logs -n 5 web-1/shop', '/logs -n 5 shop @web-1'],
  ['restart web-1/shop', '/dock restart shop @web-1'],
  ['exec shop@web-1 ls', '/exec shop @web-1 ls'],
  ['exec web-1/shop ls /a@b', '/exec shop @web-1 ls /a@b'],
  ['deploy shop@web-1 1.5.0', '/deploy shop @web-1 1.5.0'],
  ['pull shop 1.5.0', '/pull shop:1.5.0'],
  ['pull harbor.example.com:5000/shop latest @web-1', '/pull harbor.example.com:5000/shop:latest @web-1'],
  ['pull shop:1.5.0@web-1', '/pull shop:1.5.0 @web-1'],
  ['pull shop:1 web-1', '/pull shop:1 @web-1'],
  ['deploy shop 1.5.0 to web-1', '/deploy shop 1.5.0 @web-1'],
  ['deploy shop to 1.5.0 on web-1', '/deploy shop 1.5.0 @web-1'],
  ['deploy shop 1.5.0 break glass', '/deploy shop 1.5.0 --break-glass'],
  ['deploy shop 1.5.0 break-glass db is down', '/deploy shop 1.5.0 --break-glass --reason "db is down"'],
  ['deploy shop 1.5.0 breakglass because: db is down', '/deploy shop 1.5.0 --break-glass --reason "db is down"'],
  ['deploy shop 1.5.0 plan', '/deploy shop 1.5.0 --plan'],
  ['logs shop follow', '/logs shop --follow'],
  ['exec shop ls | wc -l', '/exec shop ls'],
  ['exec shop ls -l > /tmp/list', '/exec shop ls -l'],
  ['exec shop @web-1 ls && ps', '/exec shop @web-1 ls'],
  ['rollback shop 1.4.0 now', '/rollback shop --to 1.4.0 --reason now'],
  ["rollback shop 1.4.0 because it's slow", '/rollback shop --to 1.4.0 --reason "because it\'s slow"'],
  ['rollback shop to 1.4.0 basket fails', '/rollback shop --to 1.4.0 --reason "basket fails"'],
  ['rollback shop because of errors', '/rollback shop --reason "because of errors"'],
  ['pull shop:1 on web-1', '/pull shop:1 @web-1'],
  ['dock ps; images', '/ps'],
  ['logs shop; docker ps', '/logs shop'],
  ['rm shop,worker @web-1', '/dock rm shop worker @web-1'],
  ['stop shop,worker,', '/dock stop shop worker'],
  ['logs shop --tail5', '/logs shop --tail 5'],
  ['logs shop --since10m @web-1', '/logs shop --since 10m @web-1'],
  ['logs shop -n 5 lines', '/logs shop -n 5'],
  ['logs shop --since yesterday', '/logs shop --since 24h'],
  ['logs shop --since=10', '/logs shop --since=10m'],
  ['lock shop --for 2', '/dock lock shop --for 2h'],
  ['events 10m', '/dock events --since 10m'],
  ['logs shop since 10 minutes', '/logs shop --since 10m'],
  ['audit since 2 days', '/dock audit --since 2d'],
  ['deploy shop image=demo/shop:1.5.0', '/deploy shop demo/shop:1.5.0'],
  ['deploy shop 1.5.0 reason=faster', '/deploy shop 1.5.0 --reason=faster'],
  ['lock shop 2h reason=release', '/dock lock shop --for 2h --reason=release'],
  ['update shop memory=512m', '/dock update shop --memory=512m'],
  ['deploy --service shop 1.5.0', '/deploy shop 1.5.0'],
  ['logs --container=shop -n 5', '/logs shop -n 5'],
  ['deploy shop 1.5.0 at 22:00', '/deploy shop 1.5.0'],
  ['deploy shop 1.5.0 tomorrow 9', '/deploy shop 1.5.0'],
  ['deploy shop 1.5.0 30.11. 22:00', '/deploy shop 1.5.0'],
  ['deploy shop 1.5.0 in 2 hours', '/deploy shop 1.5.0'],
  ['deploy shop 1.5.0 later', '/deploy shop 1.5.0'],
  ['rollback shop to 1.4.0 tonight', '/rollback shop --to 1.4.0'],
  ['deploy shop 1 --reason done; restart', '/deploy shop 1 --reason "done; restart"'],
  ['logs `shop`', '/logs shop'],
  ['restart -t 10s shop', '/dock restart -t 10 shop'],
  ['update --cpus =2 shop', '/dock update --cpus 2 shop'],
  ['update -m512 shop', '/dock update -m512m shop'],
  ['ps -f stauts=exited', '/ps -f status=exited'],
  ['ps -f status=stopped', '/ps -f status=exited'],
  ['ps --filter=status=exitd', '/ps --filter=status=exited'],
  ['images -f dangling=yes', '/images -f dangling=true'],
  ['images shop 1.5.0', '/images shop:1.5.0'],
  ['slim shop 1.5.0', '/dock slim shop:1.5.0'],
  ['dock locks shop', '/dock locks'],
  ['dock status now', '/dock status'],
  ['deploy shop=1.5.0', '/deploy shop 1.5.0'],
  ['prune images volumes', '/prune images'],
  ['prune images old-data @web-1', '/prune images @web-1'],
])('%s is answered with a line that does it', (line, right) => {
  expect(hintOf(line)).toBe(`Try \`${right}\``);
});

it.each([
  'pull shop:1 on web-1 web-2',
  'deploy devops/shop 1.5.0',
  'deploy harbor.example.com/devops/shop 1.5.0',
  'history shop@web-1',
  'pull shop:1 basket',
  'pull shop:1 on web_!',
  'logs shop --since 1h 30',
  'logs shop --since 14:00',
  'deploy shop web 1.5.0',
  'revert shop',
  'logs shop,worker',
  'deploy shop A=1.5.0',
  'ps -f name',
  'update --cpus= 2 shop',
  'deploy PASSWORD=1.5hunter',
  'stop $(docker ps -q)',
  'logs `docker ps -lq`',
])('%s is no line that is nearly right', (line) => {
  expect(String(hintOf(line))).not.toMatch(/^Try/u);
});

it.each([
  ['dangling=false', { all: true }],
  ['dangling=true', { all: false }],
  ['until=24h', { olderThan: 24 * 3_600_000 }],
])('prune images --filter %s is an option of ours', (filter, args) => {
  expect(parseLine(`prune images --filter ${filter}`, SPECS).args as PruneArgs).toMatchObject(args);
});

it.each([
  ['logs shop --since 10 minuten', 'logs shop --since 10m'],
  ['logs shop --since 10 minutes ago -n 5', 'logs shop --since 10m -n 5'],
  ['logs shop --since "10 minutes ago"', 'logs shop --since 10m'],
  ['stats shop -f for 10 minuten', 'stats shop -f --for 10m'],
  ['update --memory 1 GiB shop', 'update --memory 1GiB shop'],
  ['update -m 512 MB shop', 'update -m 512MB shop'],
  ['inspect image shop:1.4.0', 'inspect --type image shop:1.4.0'],
  ['inspect container shop @web-1', 'inspect --type container shop @web-1'],
  ['inspect image', 'inspect image'],
  ['dock $ docker ps -a', 'ps -a'],
  ['dock root@web:~# docker ps -a', 'ps -a'],
  ['dock `ps -a`', 'ps -a'],
  ['dock ```ps```', 'ps'],
])('%s is taken', (line, right) => {
  expect(parseLine(line, SPECS).line).toBe(right);
});

it.each(['deploy shop 1.5.0 at 22:00', 'rollback shop 1.4.0 tomorrow', 'deploy shop 1.5.0 --at 22:00'])(
  'that nothing is scheduled is said, and no time is made a reason: %s',
  (line) => {
    expect(() => parseLine(line, SPECS)).toThrow(/cannot be scheduled/u);
  },
);

it('a size may have a space in it, as docker takes one', () => {
  expect(parseLine('update --memory "1 GiB" shop', SPECS).args).toMatchObject({ memory: 1024 ** 3 });
});

it.each([
  ['ps --format table', undefined],
  ['ps --format "table {{.Names}}"', 'table {{.Names}}'],
])("docker's word for its table alone is no template: %s", (line, format) => {
  expect(parseLine(line, SPECS).args).toMatchObject({ format });
});

it.each([
  ['ps --hosts web-1', 'web-1'],
  ['df --host web-1', 'web-1'],
  ['why shop --context=web-1', 'web-1'],
  ['deploy shop 1.5.0 -H web-1', 'web-1'],
])('another engine is a host, whatever the command: %s', (line, host) => {
  expect(parseLine(line, SPECS).on).toEqual(parseLine(`ps --on ${host}`, SPECS).on);
});

it.each(['deploy shop 1.5.0 --yes', 'rollback shop -y', 'rm -y shop', 'prune images --yes'])(
  'what is asked first needs no yes: %s',
  (line) => {
    expect(parseLine(line, SPECS).args).toEqual(parseLine(line.replace(/ (?:--yes|-y)/u, ''), SPECS).args);
  },
);

it.each([
  ['scan shop critical,high', 'scan shop --severity CRITICAL,HIGH'],
  ['cp shop /etc/hosts', 'cp-out shop:/etc/hosts'],
  ['prune images older than 7 days', 'prune images --older-than 7d'],
  ['prune containers 7d -a', 'prune containers --older-than 7d -a'],
])('%s is %s', (line, same) => {
  expect(parseLine(line, SPECS).args).toEqual(parseLine(same, SPECS).args);
});

it('a volume may be named like a duration', () => {
  expect(parseLine('prune volumes 7d', SPECS).args).toMatchObject({ names: ['7d'] });
});

it.each([
  ['approve', '/dock approvals'],
  ['abort', '/dock deployments'],
])('a line without a plan is told what lists them: %s', (line, list) => {
  expect(() => parseLine(line, SPECS)).toThrow(expect.objectContaining({ message: expect.stringContaining(list) }));
});

it('a word too many behind a container may be another container, or what to search for: both lines are named', () => {
  const said = (line: string) => {
    try {
      return parseLine(line, SPECS).line;
    } catch (error) {
      return error instanceof UserError ? `${asText(error.phrase)} ${asText(error.hint ?? '')}` : String(error);
    }
  };

  expect(said('logs shop worker')).toMatch(/logs worker\..+Try `\/logs shop --grep worker`/u);
  expect(said('logs shop out of memory')).not.toContain('logs out');
});
