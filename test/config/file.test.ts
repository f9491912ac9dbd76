import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { UserError } from '../../src/domain/errors.ts';

describe('the file', () => {
  it('may give options a name and take them over, as files of Compose do', () => {
    const { services } = parseConfig(
      'slack: { team: T0TEAM }\nhosts: { web-1: { url: "unix:///a.sock" } }\nservices: { a: &a { image: x, hosts: all, rollout: { keep: 7 } }, b: { <<: *a, image: y } }',
      'fairlead.yml',
      {},
    );
    expect(services.get('b')).toMatchObject({ image: 'docker.io/library/y', rollout: { keep: 7 } });
  });

  it.each([
    'hosts:\n  __proto__: { url: "unix:///b.sock" }',
    'hosts:\n  web-1: { url: "unix:///a.sock", labels: { "__proto__": prod } }',
    "services:\n  '__proto__': { image: x, hosts: all }",
    'services:\n  shop: { image: x, hosts: all, container: { environment: { __proto__: x } } }',
    'registries:\n  ? __proto__\n  : {}',
    'roles: { __proto__: { commands: [ps] } }',
    'groups: { __proto__: { people: [U0OPS1] } }',
    'channels: { __proto__: {} }',
    'changes: { receivers: { __proto__: { kind: webhook, url: "https://example.com" } } }',
    'x: &a { __proto__: 1 }\nhosts: *a',
  ])('a name that would vanish is refused where it stands: %s', (text) => {
    const before = text.split('__proto__')[0]?.replace(/["']$/u, '').split('\n') ?? [];
    const place = `fairlead.yml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}  "__proto__" cannot be a name here`;

    expect(() => parseConfig(text, 'fairlead.yml', {})).toThrow(place);
  });

  it('names that every object of JavaScript has are names like any other', () => {
    const config = parseConfig(
      `slack: { team: T0TEAM }
hosts: { constructor: { url: "unix:///a.sock", labels: { toString: x, hasOwnProperty: y } }, web-1: { url: "unix:///b.sock" } }
registries: { valueOf: {} }
groups: { constructor: { people: [U0OPS1] } }
roles: { constructor: { commands: [ps] } }
channels: { C0PROD: { grants: [{ role: constructor, to: [constructor], hosts: "toString=x" }] } }
services: { constructor: { image: x, hosts: constructor, container: { environment: { toString: a }, labels: { constructor: b } } } }`,
      'fairlead.yml',
      {},
    );

    expect([...config.hosts.keys()]).toEqual(['constructor', 'web-1']);
    expect(config.hosts.get('constructor')?.labels).toEqual({ toString: 'x', hasOwnProperty: 'y' });
    expect([...config.registries.keys(), ...config.groups.keys()]).toEqual(['valueOf', 'constructor']);
    expect(config.roles.get('constructor')).toEqual(new Set(['ps']));
    expect(config.services.get('constructor')).toMatchObject({
      container: { environment: { toString: 'a' }, labels: { constructor: 'b' } },
    });
  });

  const nine = (name: string) => `[${Array(9).fill(name).join(', ')}]`;
  it.each([
    ['groups: *people', 'fairlead.yml:1:9  there is no anchor &people before *people'],
    ['groups: &all { a: *all }', 'fairlead.yml:1:19  *all is part of &all itself'],
    [`a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nd: ${nine('*c')}`, 'the aliases (*name) cannot be'],
    ['slack: {}\n---\nhosts: {}', 'fairlead.yml:2:1  a second document begins here'],
    ['slack:\n\tteam: T0TEAM', /^fairlead\.yml:2:1 {2}a tab begins this line; indent with spaces$/u],
    ['hosts: {}\nhosts: {}', /^fairlead\.yml:2:1 {2}this name is there twice/u],
    ['slack: { team: T0TEAM }\nroles: { a: { commands: [pss] } }', /: there is no "pss" here; did you mean "ps"\?$/mu],
    ['', 'fairlead.yml:1:1  the file is empty; must be options'],
    ['- x', 'fairlead.yml:1:1  the file must be options: lines of name: value; not a list'],
  ])('%j is told in lines of what and where', (text, expected) => {
    const read = () => parseConfig(text, 'fairlead.yml', {});
    expect(read).toThrow(UserError);
    expect(read).toThrow(expected);
  });

  it.each([
    ['memory: 512', 'services.shop.container.memory: must be text; a number takes quotes ("512") or a unit (512m)'],
    ['name: true', 'services.shop.container.name: must be text, in quotes: "true"'],
    ['ports: "80"', 'services.shop.container.ports: must be a list: [one, another], or lines that begin with -; not'],
    ['ports: {}', 'begin with -; not options'],
    ['volumes:', 'services.shop.container.volumes: is empty; must be a list'],
    ['env: { A: b }', 'container.env: there is no option "env" here; did you mean "environment"?'],
  ])('says what an option must be: %s', (text, expected) => {
    const container = `services: { shop: { image: x, hosts: all, container: { ${text} } } }`;
    const read = () =>
      parseConfig(
        `slack: { team: T0TEAM }\nhosts: { web-1: { url: "unix:///a.sock" } }\n${container}`,
        'fairlead.yml',
        {},
      );
    expect(read).toThrow(expected);
  });
});
