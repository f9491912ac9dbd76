import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { commandOf, parseLine } from '../../src/commands/language/parse.ts';
import { UserError } from '../../src/domain/errors.ts';
import { asText } from '../../src/domain/phrase.ts';

const parse = (line: string, prefix = '') => parseLine(line, SPECS, prefix);

describe('parseLine', () => {
  it.each([
    ['/images -a', { all: true }],
    ['images --sort size shop', { sort: 'size', reference: 'shop' }],
    [
      'dock images -f dangling=true -f label=x=y',
      {
        filter: [
          { key: 'dangling', value: 'true' },
          { key: 'label', value: 'x=y' },
        ],
      },
    ],
    ['logs shop -tn50', { timestamps: true, tail: 50 }],
    ['logs shop --tail=all', { tail: 'all' }],
    ['logs shop --since 10m', { since: { ago: 600_000 } }],
    ['logs shop -f for 5m', { follow: true, for: 300_000 }],
    ['logs shop --grep "-v is not a flag"', { grep: '-v is not a flag' }],
    ['prune images -a --older-than 7d', { what: 'images', all: true, olderThan: 604_800_000 }],
    ['prune volumes one two', { what: 'volumes', names: ['one', 'two'] }],
    ['images --page 12', { page: 12 }],
    ['dock can prune images -a @web-1', { line: ['prune', 'images', '-a', '@web-1'] }],
    ['dock can -- prune images -a', { line: ['prune', 'images', '-a'] }],
    ['deploy shop 1.4.0 -e A=1 -e B=x=y --reason why', { service: 'shop', image: '1.4.0', env: ['A=1', 'B=x=y'] }],
    ['dock lock shop for 30m --reason "a look"', { service: 'shop', for: 1_800_000, reason: 'a look' }],
    ['dock lock shop --queue', { service: 'shop', for: 7_200_000, queue: true }],
    ['logs shop --grep "-f" -f for 5m', { grep: '-f', follow: true, for: 300_000 }],
    ['logs shop --grep for -f', { grep: 'for', follow: true }],
    ['rollback shop 1.3.2 --reason why', { service: 'shop', to: '1.3.2', reason: 'why' }],
    ['rollback shop to 1.3.2', { service: 'shop', to: '1.3.2' }],
    ['rollback --to 1.3.2 shop', { service: 'shop', to: '1.3.2' }],
    [
      'rollback --reason "checkout errors" shop --to 1.3.2',
      { service: 'shop', to: '1.3.2', reason: 'checkout errors' },
    ],
    ['rollback @web-1 shop --to 1.3.2', { service: 'shop', to: '1.3.2' }],
    ['dock lock shop --queue for 2h', { service: 'shop', queue: true, for: 7_200_000 }],
    ['dock lock shop for two hours', { service: 'shop', for: 7_200_000 }],
    ['dock lock shop for an hour --reason "a 5 minutes test"', { for: 3_600_000, reason: 'a 5 minutes test' }],
    ['logs shop -f for 5 Minutes', { follow: true, for: 300_000 }],
    ['logs shop –since 1 hour -n 50', { since: { ago: 3_600_000 }, tail: 50 }],
    ['logs shop --since 10min', { since: { ago: 600_000 } }],
    ['prune images --older-than 7 days', { what: 'images', olderThan: 604_800_000 }],
    ['exec shop sleep --for 5 m', { command: ['sleep', '--for', '5', 'm'] }],
    ['deploy 1.4.0 shop --reason why', { service: 'shop', image: '1.4.0', reason: 'why' }],
    ['deploy latest to shop', { service: 'shop', image: 'latest' }],
    ['deploy 3f9c01ab nginx', { service: '3f9c01ab', image: 'nginx' }],
    ['rollback 1.3.0 shop', { service: 'shop', to: '1.3.0' }],
    ['dock lock shop --reason for', { service: 'shop', reason: 'for' }],
    ['images -f dangling=1', { filter: [{ key: 'dangling', value: '1' }] }],
    ['rollback shop --plan', { service: 'shop', plan: true }],
    ['dock abort 3f9c01ab', { id: '3f9c01ab' }],
    ['dock lock for', { service: 'for' }],
    ['logs shop —-tail 5', { tail: 5 }],
    ['deploy shop@1.5.0', { service: 'shop', image: '1.5.0' }],
    ['rollback shop/1.4.0', { service: 'shop', to: '1.4.0' }],
    ['deploy shop version 1.5.0', { service: 'shop', image: '1.5.0' }],
    ['dock history shop:1.4.0', { service: 'shop' }],
    ['dock grant shop for 30m', { what: 'exec', target: 'shop', for: 1_800_000 }],
    ['dock grant end', { what: 'end' }],
  ])('understands %s', (line, args) => {
    expect(parse(line).args).toMatchObject(args);
  });

  it.each([
    ['images @web-1', 'web-1'],
    ['images @web-1 @web-2', 'web-1,web-2'],
    ['images --on env=prod,web-1', 'env=prod,web-1'],
    ['images —on all', 'all'],
    ['images @Web-1,Env=Prod @ALL', 'web-1,Env=Prod,all'],
  ])('takes hosts from %s', (line, on) => {
    expect(parse(line).on?.text).toBe(on);
  });

  it.each([
    ['deploy shop 1.5.0 1.6.0', 'Unexpected argument `1.6.0`. Name one version.'],
    ['rollback shop 1.4.0 1.3.0', 'Unexpected argument `1.3.0`. Name one version.'],
    ['imges', 'There is no command `imges`. Did you mean `images`?'],
    ['images --al', 'There is no option `--al`. Did you mean `--all`?'],
    ['images -digest', 'There is no option `-d`. Did you mean `--digests`?'],
    ['images --sort sise', '`--sort` takes one of created, size, name, not `sise`. Did you mean `size`?'],
    [
      'images -f colour=red',
      '`-f` is key=value with one of dangling, reference, label, before, since, not `colour=red`.',
    ],
    ['images -f dangling=maybe', '`-f` with dangling takes true, false, 1, 0, not `dangling=maybe`.'],
    ['ps --filter health=ill', '`--filter` with health takes starting, healthy, unhealthy, none, not `health=ill`.'],
    [`images ${'a'.repeat(256)}`, '`reference` has at most 255 characters, not `aaa'],
    ['logs shop --grep ""', '`--grep` cannot be empty.'],
    [`deploy shop 1 --reason ${'x'.repeat(301)}`, '`--reason` has at most 300 characters, not `xxx'],
    ['images a b', 'Unexpected argument `b`.'],
    ['images --on', '`--on` needs a value.'],
    ['images --sort size --sort name', '`--sort` is given twice.'],
    ['images --page 0', '`--page` is a page number, not `0`.'],
    ['deploy shop 1.4.0 -e A=1 -e =2', '`-e` is NAME=value.'],
    [
      'images --on "a b"',
      '`--on` takes host names, label=value or all (joined by commas; ! before one leaves it out), not `a b`.',
    ],
    ['images --all=yes', '`--all` takes no value.'],
    ['logs', '`/logs` needs a container.'],
    ['dock history', '`/dock history` needs a service.'],
    ['dock plan', '`/dock plan` needs a plan.'],
    ['dock audit --person @dana', '`--person` is a member id (in their Slack profile, under ⋮), not `@dana`.'],
    ['logs ../../etc', '`container` is a container name or id, not `../../etc`.'],
    ['logs shop -n ten', '`-n` is a number of lines, or all, not `ten`.'],
    ['logs shop --tail=ten', '`--tail` is a number of lines, or all, not `ten`.'],
    ['logs shop -tn', '`-n` needs a value.'],
    ['logs shop -n -5', '`-n` is a number of lines, or all, not `-5`.'],
    ['dock lock shop for -5m', '`--for` is a duration such as 30s, 10m, 2h or 7d, not `-5m`.'],
    ['dock lock shop for', '`--for` needs a value.'],
    ['dock plan shop', '`plan` is the id on the card, 8 characters or more (3f9c01ab), not `shop`.'],
    [
      'logs shop --since yesterday',
      '`--since` is how long ago (10m, 2h) or a time (2026-03-01T04:00:00Z), not `yesterday`.',
    ],
    ['rollback', '`/rollback` needs a service.'],
    ['prune', '`/prune` needs one of images, containers, volumes, networks, cache.'],
    ['prune all', 'Unknown prune target `all`. Choose one of images, containers, volumes, networks, cache.'],
    ['containers', 'There is no command `containers`. '],
    ['logs shop --since 5', '`--since` is how long ago (10m, 2h) or a time (2026-03-01T04:00:00Z), not `5`.'],
    ['prune imges', 'Unknown prune target `imges`. Did you mean `images`?'],
    ['pull Nginx:1', '`Nginx:1` is not an image reference: a repository name is lower case.'],
  ])('says in one line what is wrong with %s', (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  it.each([
    ['deploy shop 1.4.0 -e DEBUG=1', 'deploy shop 1.4.0 -e "DEBUG=***"'],
    ['deploy shop 1.4.0 --env=A=1 -eB=2=3', 'deploy shop 1.4.0 --env="A=***" -eB="***"'],
    // By its place: the same text elsewhere is a name, a version or a word.
    ['deploy shop 1.4.0 -e A=shop', 'deploy shop 1.4.0 -e "A=***"'],
    ['deploy production 1 --env A=production -m 512m', 'deploy production 1 --env "A=***" -m 512m'],
    ['deploy shop 1 -e deploy=shop --reason deploy=shop', 'deploy shop 1 -e "deploy=***" --reason deploy=shop'],
    ['deploy shop 1 -e A=--reason --reason why', 'deploy shop 1 -e "A=***" --reason why'],
    ['deploy -e "A=two words" -e B= shop 1', 'deploy -e "A=***" -e "B=***" shop 1'],
    ['totp 123456', 'totp "***"'],
    // What is within another line is as secret as in its own.
    ['can deploy shop 1 -e X=secret', 'can -- deploy shop 1 -e "X=***"'],
    ['can /deploy shop 1 --env=X=secret "-eY=secret"', 'can -- deploy shop 1 --env="X=***" -eY="***"'],
    ['can dock approve 3f9c01ab --code 123456', 'can -- approve 3f9c01ab --code "***"'],
    ['can -- deploy shop 1 "-e" X=secret', 'can -- deploy shop 1 -e "X=***"'],
    ['can deplyo shop 1 -e X=secret', 'can -- deplyo ***'],
    ['can deploy shop 1 -e X=secret --no-such', 'can -- deploy ***'],
    ['can X=secret deploy', 'can -- ***'],
    ['can can deploy shop 1 -e X=secret', 'can -- can ***'],
    ['can images', 'can -- images'],
    ['dock approve 01J9ZZZZZZZZZZZZZZZZZZZZZZ --code 123456', 'approve 01J9ZZZZZZZZZZZZZZZZZZZZZZ --code "***"'],
  ])('shows nobody what is secret in %s', (line, shown) => {
    expect(parse(line).shownLine).toBe(shown);
  });

  it.each([
    'deploy shop 1 -e PASS=my secret',
    'deploy shop 1 -e "my secret"',
    'deploy shop 1 --env=9=secret',
    'deploy shop 1 -EPASS=secret',
    'approve 3f9c01ab --code secret',
    'totp secret',
  ])('repeats no secret in what is wrong with %s', (line) => {
    const text = () => {
      try {
        return parse(line).shownLine;
      } catch (error) {
        const { message, hint = '' } = error as UserError;
        return `${message} ${asText(hint)}`;
      }
    };
    expect(text()).toMatch(/usage/iu);
    expect(text()).not.toContain('secret');
  });

  it('gives a mistake its usage', () => {
    try {
      parse('images --colour');
    } catch (error) {
      expect((error as UserError).hint).toMatch(/^Usage: `\/images \[reference\] \[-a\]/u);
    }
    expect.assertions(1);
  });

  it('takes the prefix of the config off, and only that', () => {
    expect(parse('/d-images', 'd-').spec.name).toBe('images');
    expect(() => parse('/x-images', 'd-')).toThrow('There is no command');
    expect(() => parse('/d-logs', 'd-')).toThrow('`/d-logs` needs a container.');
  });

  it.each(['deploy shop 1.4.0 --break-glass', 'rollback shop --to 1.3.2', 'dock lock shop --take'])(
    'takes no reason for `%s` that nobody can read',
    (line) => {
      for (const empty of ['', ' ', '\u00a0\u2003', '\u200b', '\u202e\u2066'])
        expect(() => parse(`${line} --reason "${empty}"`)).toThrow('`--reason` says why, in words');
      expect(() => parse(`${line} --reason "${'a'.repeat(301)}"`)).toThrow('`--reason` has at most 300 characters');
      expect(parse(`${line} --reason " shop is down "`).args).toMatchObject({ reason: 'shop is down' });
    },
  );

  it('writes a line that means the same again', () => {
    for (const line of [
      'images -a @web-1',
      'logs shop -f for 5m --grep "a b"',
      'dock can prune images --on all',
      'prune volumes “a”',
    ]) {
      const once = parse(line);
      const twice = parse(once.line);
      expect(twice.args).toEqual(once.args);
      expect(twice.on).toEqual(once.on);
    }
  });

  it('either parses or refuses in one line that cannot ping anyone, whatever is typed', () => {
    const piece = fc.constantFrom(
      'images',
      'logs',
      'pull',
      'prune',
      '-a',
      '--on',
      '@',
      '-f',
      '=',
      '..',
      '//',
      '<!channel>',
      '<@U0DEV1>',
      '`',
      '"',
      '😀',
      '\u202e',
      'a'.repeat(3000),
      '$(id)',
      '--',
      'x:y@z',
      '-n',
      '%00',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 30 })), { maxLength: 10 }), (pieces) => {
        try {
          parse(pieces.join(' '));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          const { message } = error as UserError;
          expect(message).not.toMatch(/\n|<!|<@/u);
          expect(message.length).toBeLessThan(400);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('with a prefix', () => {
  it.each(['p', 'l', 'x', 'd-', 'im', 'dock-'])(
    '%s: every command is found as it is typed, and as buttons say it',
    (prefix) => {
      for (const { name } of SPECS)
        for (const line of [
          `/${prefix}${name}`,
          name,
          `/dock ${name}`,
          `/${prefix}dock ${name}`,
          `/${prefix}dock ${prefix}${name}`,
        ])
          expect([line, commandOf(line, SPECS, prefix).name]).toEqual([line, name]);
    },
  );

  it('an unknown command is told where to find help', () => {
    expect(() => parse('/x-frobnicate', 'x-')).toThrow(
      expect.objectContaining({ phrase: expect.arrayContaining([{ command: 'help' }]) }),
    );
  });
});
