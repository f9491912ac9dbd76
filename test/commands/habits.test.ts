import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { typed } from '../../src/commands/language/define.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';
import { asText, type Phrase, partsOf } from '../../src/domain/phrase.ts';
import { typedLine } from '../../src/slack/block-kit/commands.ts';
import { DOCKER } from './docker-options.ts';

const parse = (line: string, prefix = '') => parseLine(line, SPECS, prefix);

/** As it is read in Slack, but for what is escaped there. */
const inSlack = (said: Phrase, prefix: string) =>
  partsOf(said)
    .map((part) =>
      typeof part === 'object' && 'command' in part ? `\`${typedLine(part.command, prefix)}\`` : asText([part]),
    )
    .join('');

/** What somebody is told of a line; undefined when it is taken. */
function refusal(line: string, prefix = ''): { readonly message: string; readonly hint: string } | undefined {
  try {
    parse(line, prefix);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: inSlack(error.phrase, prefix), hint: inSlack(error.hint ?? '', prefix) };
  }
}

/** Every command line and every option in what somebody is told, without the usage, which shows choices. */
function suggested(line: string, prefix = '') {
  const { message = '', hint = '' } = refusal(line, prefix) ?? {};
  const said = [message, ...(hint.startsWith('Usage:') ? [] : [hint])].join(' ');
  const spans = [...said.matchAll(/`([^`]+)`/gu)].map(([, span = '']) => span);
  return { said, lines: spans.filter((span) => span.startsWith('/')) };
}

function expectRight(line: string, prefix = ''): void {
  const { said, lines } = suggested(line, prefix);
  for (const one of lines) {
    // A name alone may lack what the command needs; it is a name there is.
    if (SPECS.some((spec) => typed(spec, prefix) === one)) continue;
    expect(() => parse(one, prefix), `${line} -> ${one}`).not.toThrow();
  }
  const [, near] = /Did you mean `([^`]+)`\?/u.exec(said) ?? [];
  const [, name] = /^\/?(?:dock )?([a-z]+)/u.exec(line) ?? [];
  if (near?.startsWith('--') && SPECS.some((spec) => spec.name === name))
    expect(refusal(`${name} ${near}`)?.message ?? '', line).not.toMatch(/no option/u);
}

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
    ['docker system df -v', 'hosts', {}],
    ['docker info', 'hosts', {}],
    ['docker --version', 'hosts', {}],
    ['Docker', 'help', {}],
    ['docker service rollback -q shop', 'rollback', { service: 'shop' }],
    ['docker stop shop', 'stop', { containers: ['shop'] }],
    ['docker container stop -t 5 shop worker', 'stop', { containers: ['shop', 'worker'], timeout: 5 }],
    ['docker stop --time=30 shop', 'stop', { timeout: 30 }],
    ['restart shop', 'restart', { containers: ['shop'] }],
    ['docker compose restart shop', 'restart', { containers: ['shop'] }],
    ['dock stop 01J9ZZZZZZZZZZZZZZZZZZZZZZ', 'unfollow', { id: '01J9ZZZZZZZZZZZZZZZZZZZZZZ' }],
    ['ps shop', 'ps', { name: 'shop' }],
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

describe('a correction', () => {
  it.each([
    ["deploy shop 1.5.0 --reason it's faster", '/deploy shop 1.5.0 --reason "it\'s faster"'],
    ['deploy shop 1.5.0 --reason it’s much faster @web-1', '/deploy shop 1.5.0 --reason "it\'s much faster" @web-1'],
    ["deploy shop --reason it's faster 1.5.0", '/deploy shop --reason "it\'s faster" 1.5.0'],
    ["deploy shop --reason it's faster", '/deploy shop --reason "it\'s faster"'],
    ['deploy shop 1.5.0 --reason=faster basket', '/deploy shop 1.5.0 --reason="faster basket"'],
    ['deploy shop 1.5.0 faster basket', '/deploy shop 1.5.0 --reason "faster basket"'],
    ['deploy shop 1.5.0 "faster basket"', '/deploy shop 1.5.0 --reason "faster basket"'],
    ['deploy shop because of errors', '/deploy shop --reason "because of errors"'],
    ['deploy shop 1.5.0 --reason "faster basket', '/deploy shop 1.5.0 --reason "faster basket"'],
    ["deploy shop 1.5.0 --reason 'tis faster", '/deploy shop 1.5.0 --reason "tis faster"'],
    ['deploy shop 1.5.0 --reason “faster basket --plan', '/deploy shop 1.5.0 --reason "faster basket" --plan'],
    ['rollback shop 1.3.2 --reason checkout errors', '/rollback shop --to 1.3.2 --reason "checkout errors"'],
    ['rollback shop checkout errors', '/rollback shop --reason "checkout errors"'],
    ['dock lock shop 2h --reason checking the cache', '/dock lock shop --for 2h --reason "checking the cache"'],
    ['logs shop --grep connection refused', '/logs shop --grep "connection refused"'],
    ['logs shop --grep connection refused -n 50', '/logs shop --grep "connection refused" -n 50'],
    ['logs shop web-1', '/logs shop @web-1'],
    ['logs shop on web-1', '/logs shop @web-1'],
    ['images --al', '/images --all'],
    ['images --al --sort sise', '/images --all --sort size'],
    ['imges -a', '/images -a'],
    ['logz shop -n 5', '/logs shop -n 5'],
    ['ps -A', '/ps -a'],
    ['ps -s', '/ps'],
    ['ps -as --format json', '/ps -a'],
    ['ps --format "{{.Names}}" shop', '/ps shop'],
    ['logs shop–worker', '/logs shop-worker'],
    ['logs shop, -n 50', '/logs shop -n 50'],
    ['prune imges', '/prune images'],
    ['logs shop | grep error', '/logs shop --grep error'],
    ['docker logs shop 2>&1 | grep -v "GET /"', '/logs shop --grep "GET /" -v'],
    ['logs shop | tail -n 20', '/logs shop -n 20'],
    ['prune -af', '/prune images -af'],
  ])('of %s is the line to copy', (line, right) => {
    expect(refusal(line)?.hint).toBe(`Try \`${right}\``);
    expectRight(line);
  });

  it.each([
    'rmi nginx:1',
    'docker rm -f shop',
    'docker system prune -af --volumes',
    'docker run -d --name web nginx:1.27',
    'docker exec -it shop sh',
    'docker container inspect shop',
    'docker volume ls',
    'docker -H tcp://10.0.0.1:2375 ps',
    'docker push shop:1',
    'docker swarm init',
    'docker stack ls',
    'docker frobnicate',
  ])('of %s, which is not here, names what is', (line) => {
    expect(refusal(line)?.message).toMatch(/`\//u);
    expectRight(line);
    expectRight(line, 'd-');
  });

  it('has the prefix of the config', () => {
    expect(refusal('/d-images --al', 'd-')?.hint).toBe('Try `/d-images --all`');
    expect(suggested('docker rmi x', 'd-').lines).toEqual(['/d-prune images -a']);
    expect(refusal('/d-logs shop --tial 5', 'd-')?.hint).toBe('Try `/d-logs shop --tail 5`');
  });

  it.each([
    'deploy shop 1.4.0 -e PASS=hunter2 --al',
    'deploy shop 1.4.0 -e PASS=hunter2 --reason two words',
    'deploy shop 1.4.0 –e=PASS=hunter2 --paln',
    'deploy shop 1.4.0 --reason "oops -e PASS=hunter2',
    'deploy shop 1.4.0 --env-add PASS=hunter2 --paln',
  ])('repeats no secret: %s', (line) => {
    const { message, hint } = refusal(line) ?? { message: '', hint: '' };
    expect(message).not.toBe('');
    expect(message + hint).not.toContain('hunter2');
  });

  it('keeps a secret that is given by docker’s name for it out of what is shown', () => {
    expect(parse('deploy shop 1 --env-add A=hunter2').shownLine).not.toContain('hunter2');
    expect(parse('deploy shop 1 –e A=hunter2').shownLine).not.toContain('hunter2');
    expect(parse('deploy shop 1 –env=A=hunter2').shownLine).not.toContain('hunter2');
  });

  it('is something there is, whatever was typed', () => {
    const words = fc.constantFrom(
      ...SPECS.map(({ name }) => name),
      ...[
        'imges',
        'pss',
        'logz',
        'deplyo',
        'docker',
        'container',
        'image',
        'ls',
        'rm',
        'rmi',
        'prune',
        'system',
        'dock',
      ],
      ...[
        'shop',
        'shop:1.4',
        'web-1',
        '@web-1',
        '1.4.0',
        'help',
        'on',
        'for',
        '2h',
        'because',
        "it's",
        '|',
        'grep',
        'sh,',
      ],
      ...[
        '-a',
        '-aq',
        '-af',
        '-fn50',
        '-A',
        '-z',
        '-n',
        '50',
        '-50',
        '--al',
        '--tial=5',
        '--format',
        '--reason',
        '--on',
      ],
      ...[
        '—tail',
        '–af',
        '“two words”',
        '"open',
        '--grep',
        '-e',
        'A=1',
        '--no-trunc',
        '--force',
        '--volumes',
        '-it',
        '--rm',
      ],
    );
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 7 }), (some) => {
        for (const prefix of ['', 'd-']) expectRight(some.join(' '), prefix);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("docker's own options", () => {
  const VALUES: Readonly<Record<string, string>> = {
    '--last': '3',
    '--tail': '50',
    '--since': '10m',
    '--until': '5m',
    '--memory': '512m',
    '--limit-memory': '512m',
    '--cpus': '1.5',
    '--limit-cpu': '1.5',
    '--env': 'A=1',
    '--env-add': 'A=1',
    '--publish': '8080:80',
    '--publish-add': '8080:80',
    '--volume': 'data:/data',
    '--platform': 'linux/arm64',
    '--timeout': '5',
    '--time': '5',
  };
  const FILTERS: Readonly<Record<string, string>> = {
    ps: 'status=exited',
    images: 'dangling=true',
    image: 'dangling=true',
  };

  it.each(
    DOCKER.flatMap(({ as, line, options }) => options.split(/\s+/u).map((option) => [as, option, line] as const)),
  )('docker %s %s is taken, or it is said what to type instead', (as, option, line) => {
    const takesValue = option.endsWith('=');
    const names = option.replace('=', '').split('/');
    const long = names.at(-1) ?? '';
    const filter = as.endsWith('prune')
      ? 'until=24h'
      : (FILTERS[as] ?? FILTERS[as.split(' ')[0] ?? ''] ?? 'status=exited');
    const value = long === '--filter' ? filter : (VALUES[long] ?? 'x');
    for (const name of names)
      for (const one of takesValue ? [`${name} ${value}`, `${name}=${value}`] : [name]) {
        const tried = line.replace('OPTION', one);
        const said = refusal(tried);
        if (said) expect(said.message, tried).toMatch(/^There is no `[^`]+` here\. .*(?:`[^`]+`|fairlead)/u);
        expectRight(tried);
      }
  });
});
