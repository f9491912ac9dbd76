import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sectionsOf } from '../../release/changelog.ts';
import { manifestOf } from '../../release/package.ts';
import { notesOf, problemsOf } from '../../release/version.ts';

const FIRST = '## [0.1.0] - 2026-11-28\n\n### Added\n\n- `/ps`.\n';
const SECOND = '## [0.2.0] - 2026-12-24\n\n### Fixed\n\n- `/ps`.\n';

const problems = (changelog: string, version: string, tag?: string) =>
  problemsOf({ tag, version, sections: sectionsOf(`# Changelog\n\n${changelog}`) });

describe('a release', () => {
  it.each([
    ['the first one', FIRST, '0.1.0', 'v0.1.0'],
    ['the next one, above the first', `${SECOND}\n${FIRST}`, '0.2.0', 'v0.2.0'],
    ['one under an empty section of unreleased entries', `## [Unreleased]\n\n${FIRST}`, '0.1.0', 'v0.1.0'],
    ['one that is being prepared, without a tag', `## [Unreleased]\n\n- \`/ps\`.\n\n${FIRST}`, '0.2.0', undefined],
  ])('may be published: %s', (_, changelog, version, tag) => {
    expect(problems(changelog, version, tag)).toEqual([]);
  });

  it.each([
    { what: 'a tag of another version', changelog: FIRST, version: '0.1.0', tag: 'v0.1.1', problem: /v0\.1\.0/u },
    { what: 'a tag without its v', changelog: FIRST, version: '0.1.0', tag: '0.1.0', problem: /v0\.1\.0/u },
    { what: 'an older section', changelog: FIRST, version: '0.2.0', tag: 'v0.2.0', problem: /is 0\.1\.0/u },
    { what: 'an older section, without a tag yet', changelog: FIRST, version: '0.2.0', problem: /is 0\.1\.0/u },
    { what: 'no date', changelog: '## [0.1.0]\n\n- New.\n', version: '0.1.0', tag: 'v0.1.0', problem: /date/u },
    {
      what: 'no entries',
      changelog: '## [0.1.0] - 2026-11-28\n',
      version: '0.1.0',
      tag: 'v0.1.0',
      problem: /entries/u,
    },
    {
      what: 'unreleased entries',
      changelog: `## [Unreleased]\n\n- New.\n\n${FIRST}`,
      version: '0.1.0',
      tag: 'v0.1.0',
      problem: /unreleased/u,
    },
  ])('may not, with $what', ({ changelog, version, tag, problem }) => {
    expect(problems(changelog, version, tag)).toEqual([expect.stringMatching(problem)]);
  });

  it('is described by the newest section that says anything', () => {
    const sections = sectionsOf(`## [Unreleased]\n\n${SECOND}\n${FIRST}`);

    expect(notesOf({ sections })).toEqual({ version: '0.2.0', date: '2026-12-24', text: '### Fixed\n\n- `/ps`.' });
  });

  it.each(['## 0.1.0 (unreleased)', '## [0.1.0] - tomorrow', '### Improved'])('has no heading like %j', (heading) => {
    expect(() => sectionsOf(`# Changelog\n\n${heading}\n`)).toThrow('CHANGELOG.md, line 3');
  });

  it('can be made of this changelog', () => {
    expect(problems(readFileSync('CHANGELOG.md', 'utf8'), manifestOf('.').version)).toEqual([]);
  });
});

describe('the release workflow', () => {
  const workflow = parse(readFileSync('.github/workflows/release.yml', 'utf8')) as {
    readonly jobs: Readonly<
      Record<
        string,
        { readonly needs?: string | readonly string[]; readonly steps: readonly { readonly run?: string }[] }
      >
    >;
  };
  const runs = (job: string) => (workflow.jobs[job]?.steps ?? []).map(({ run = '' }) => run).join('\n');

  it('publishes what passed all tests and the rehearsal, and nothing else', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

    expect(runs('verify')).toContain('.ci/run');
    expect(runs('verify')).toMatch(/npm run .*release:rehearse -- --tag/u);
    expect(scripts['release:rehearse']).toBe('node release/index.ts');
    expect(scripts['prepack']).toBe('npm run build');
    const others = Object.keys(workflow.jobs).filter((job) => job !== 'verify');
    expect(others.toSorted()).toEqual(['image', 'notes', 'package']);
    for (const job of others) expect([workflow.jobs[job]?.needs ?? []].flat()).toContain('verify');
  });
});
