import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SPECS } from '../src/commands/index.ts';
import { configSchema, parseConfig } from '../src/config.ts';
import { manifest } from '../src/slack/manifest.ts';

const ENV = { HARBOR_PASSWORD: 'not-a-real-one', SHOP_DATABASE_PASSWORD: 'nor-this' };

it('manifest.yml is what the command list says', () => {
  expect(readFileSync('manifest.yml', 'utf8'), 'run: npm run generate').toBe(manifest(SPECS, { prefix: '' }));
});

it('fairlead.schema.json is what the config accepts', () => {
  expect(JSON.parse(readFileSync('fairlead.schema.json', 'utf8')), 'run: npm run generate').toEqual(configSchema());
});

it('fairlead.example.yml is a valid config that shows every section', () => {
  const text = readFileSync('fairlead.example.yml', 'utf8');
  const config = parseConfig(text, 'fairlead.example.yml', ENV);
  expect(config.hosts.size).toBeGreaterThan(2);
  for (const section of [
    'slack',
    'hosts',
    'registries',
    'images',
    'groups',
    'roles',
    'channels',
    'services',
    'approvals',
    'breakGlass',
    'freeze',
    'guardrails',
    'budget',
  ])
    expect(text).toMatch(new RegExp(`^${section}:`, 'mu'));
});

it('a mistake in the config is named by line and column', () => {
  const text = readFileSync('fairlead.example.yml', 'utf8')
    .replace('role: viewer', 'role: veiwer')
    .replace('unix:///', 'file:///');
  try {
    parseConfig(text, 'fairlead.yml', ENV);
  } catch (error) {
    expect((error as Error).message).toMatch(/^fairlead\.yml:\d+:\d+ {2}hosts\.staging-1\.url: must be unix/mu);
  }
  const role = readFileSync('fairlead.example.yml', 'utf8').replace('role: viewer', 'role: veiwer');
  expect(() => parseConfig(role, 'fairlead.yml', ENV)).toThrow(
    /fairlead\.yml:\d+:\d+ {2}channels\..*there is no role "veiwer"; did you mean "viewer"\?/u,
  );
  expect(() => parseConfig(readFileSync('fairlead.example.yml', 'utf8'), 'fairlead.yml', {})).toThrow(
    'the environment has no HARBOR_PASSWORD',
  );
  expect.assertions(3);
});

it('fairlead.example.yml shows every option of every section', () => {
  const text = readFileSync('fairlead.example.yml', 'utf8');
  interface Schema {
    readonly properties?: Record<string, Schema>;
    readonly additionalProperties?: Schema | boolean;
    readonly items?: Schema;
    readonly anyOf?: readonly Schema[];
  }
  const options = ({ properties = {}, additionalProperties, items, anyOf = [] }: Schema): string[] => [
    ...Object.entries(properties).flatMap(([name, below]) => [name, ...options(below)]),
    ...(typeof additionalProperties === 'object' ? options(additionalProperties) : []),
    ...(items ? options(items) : []),
    ...anyOf.flatMap(options),
  ];
  const all = [...new Set(options(configSchema() as Schema))];
  expect(all.length).toBeGreaterThan(80);
  expect(all.filter((name) => !new RegExp(`\\b${name}:`, 'u').test(text))).toEqual([]);
});

it('every scope that is optional is asked for as well: Slack requests what stands under bot, and nothing else', () => {
  const { bot, bot_optional } = parse(manifest(SPECS, { prefix: '' })).oauth_config.scopes;
  expect(bot_optional.length).toBeGreaterThan(0);
  expect(bot).toEqual(expect.arrayContaining(bot_optional));
});
