import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { expectRight, parse, refusal, suggested } from './told.ts';

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
    ['ps -as --format json', '/ps -a --format json'],
    ['logs shop–worker', '/logs shop-worker'],
    ['logs shop, -n 50', '/logs shop -n 50'],
    ['prune imges', '/prune images'],
    ['logs shop | grep error', '/logs shop --grep error'],
    ['docker logs shop 2>&1 | grep -v "GET /"', '/logs shop --grep "GET /" -v'],
    ['logs shop | tail -n 20', '/logs shop -n 20'],
    ['prune -af', '/prune images -af'],
    ['ps -f Status=Exited', '/ps -f status=exited'],
    ['deploy shop shop 1.5.0', '/deploy shop 1.5.0'],
    ['logs /logs shop', '/logs shop'],
    ['dock lock lock shop 2h', '/dock lock shop --for 2h'],
    ['dock unlock shop:1.4.0', '/dock unlock shop'],
    ['deploy shop 1,5,0 --cpus 1,5', '/deploy shop 1.5.0 --cpus 1.5'],
    ['deploy shop 1.5.0 — reason: “much faster”', '/deploy shop 1.5.0 --reason "much faster"'],
    ['logs shop last 50 lines', '/logs shop -n 50'],
    ['dock stop shop; /dock start shop', '/dock stop shop'],
    ['dock rm -rf shop', '/dock rm -f shop'],
    ['dock grant exce shop', '/dock grant exec shop'],
  ])('of %s is the line to copy', (line, right) => {
    expect(refusal(line)?.hint).toBe(`Try \`${right}\``);
    expectRight(line);
  });

  it.each([
    'rmi nginx:1',
    'docker system prune -af --volumes',
    'docker exec -it shop sh',
    'docker volume ls',
    'docker -H tcp://10.0.0.1:2375 ps',
    'docker commit shop shop:1',
    'docker cp ./shop.conf shop:/etc/',
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
