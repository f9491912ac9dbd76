import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';

const parse = (prefix: string) =>
  parseConfig(
    `slack: { team: T0TEAM, prefix: "${prefix}" }\nhosts: { web-1: { url: "unix:///a.sock" } }`,
    'fairlead.yml',
    {},
  ).slack.prefix;

it.each(['', 'p', 'l', 'x', 'd-', 'dock-', 'docks', 'team2-'])('the prefix "%s" is taken', (prefix) => {
  expect(parse(prefix)).toBe(prefix);
});

it.each(['d', 'do', 'doc', 'dock'])('the prefix %s is refused, since /dock begins with it', (prefix) => {
  expect(() => parse(prefix)).toThrow(`slack.prefix: cannot be ${prefix}, since /dock begins with it`);
});

it('a prefix that makes one command look like another is refused', () => {
  expect(() => parse('un')).toThrow('it makes another command look like /un');
});
