import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SPECS } from '../src/commands/index.ts';
import { parseLine } from '../src/commands/language/parse.ts';
import { parseConfig } from '../src/config.ts';
import { cli } from './cli/cli.ts';

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/*.md')].map(
  (path) => ({
    path,
    text: readFileSync(path, 'utf8'),
  }),
);
const all = (pattern: RegExp) =>
  PAGES.flatMap(({ path, text }) => [...text.matchAll(pattern)].map(([, found = '']) => ({ path, found })));

describe('the docs', () => {
  it('link to what is there', () => {
    const links = all(/\]\(([^)#]+)(?:#[^)]*)?\)/gu).filter(({ found }) => !/^https?:/u.test(found));

    expect(links.length).toBeGreaterThan(20);
    expect(links.filter(({ path, found }) => !existsSync(join(dirname(path), found)))).toEqual([]);
  });

  it('show every picture that is taken, and small ones', () => {
    const shown = new Set(all(/pictures\/([\w-]+\.(?:png|gif))/gu).map(({ found }) => found));

    expect([...shown].toSorted()).toEqual(readdirSync('docs/pictures').toSorted());
    for (const name of shown) {
      const most = name.endsWith('.gif') ? 2_000_000 : 250_000;
      expect(readFileSync(join('docs/pictures', name)).length, name).toBeLessThan(most);
    }
  });

  it('say commands as they are', () => {
    const lines = all(/`(\/[^`]+)`/gu)
      .map(({ found }) => found.replaceAll('\\|', '|'))
      // What shows a choice rather than a line; Slack's own; paths.
      .filter(
        (line) => !/[[<…]|\w\|\w+\|/u.test(line) && !/^\/(?:invite|data|var|healthz|readyz|metrics|d-)/u.test(line),
      );

    expect(lines.length).toBeGreaterThan(25);
    for (const line of lines) {
      // A name alone may lack what the command needs.
      const [, alone] = /^\/(?:dock )?([a-z]+)$/u.exec(line) ?? [];
      if (alone !== undefined) expect(SPECS.map(({ name }) => String(name))).toContain(alone);
      else expect(() => parseLine(line, SPECS), line).not.toThrow();
    }
  });

  it('name commands of the program that it has', async () => {
    const { out } = await cli(['help'], {}, process.cwd());
    const known = new Set(out.match(/(?<=^|\| )fairlead [a-z]+/gmu));
    const named = all(/`(fairlead [a-z]+)/gu).filter(({ found }) => !known.has(found));

    expect(named).toEqual([]);
  });

  it('show config that is taken', () => {
    const blocks = all(/```yaml\n([\s\S]*?)```/gu).filter(({ path }) => path.startsWith('docs/'));
    const base = {
      slack: { team: 'T0TEAM' },
      hosts: { 'web-1': { url: 'unix:///x', labels: { role: 'web', env: 'prod' } } },
      groups: { oncall: { people: ['U0ANNA'] } },
      services: { shop: { image: 'harbor.example.com/devops/shop', hosts: 'web-1' } },
    };

    const ENV = {
      ...Object.fromEntries(
        ['HARBOR_PASSWORD', 'TRIVY_TOKEN', 'GITLAB_TOKEN', 'GITHUB_TOKEN'].map((name) => [name, 'x']),
      ),
      GRAFANA_TOKEN: 'x',
      PAGERDUTY_ROUTING_KEY: 'a'.repeat(32),
      FAIRLEAD_HOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    };

    expect(blocks.length).toBeGreaterThan(4);
    for (const { path, found } of blocks) {
      const text = JSON.stringify({ ...base, ...(parse(found) as object | null) });
      expect(() => parseConfig(text, path, ENV), found).not.toThrow();
    }
  });
});
