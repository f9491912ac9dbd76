import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from '../../release/package.ts';
import { tryPackage } from '../../release/try.ts';
import { INSTALL_MS, type Installed, installFromTarball } from './installed.ts';

let installed: Installed;
beforeAll(async () => {
  installed = await installFromTarball();
}, INSTALL_MS);
afterAll(() => installed?.[Symbol.asyncDispose]());

const { version, dependencies } = manifestOf('.');

/** What belongs into the package: the built program, what it reads, and what people read. */
const BELONGS = [
  /^dist\/cli\.js$/u,
  /^dist\/cli\/[\w-]+\.js$/u,
  /^dist\/playground\/index\.js$/u,
  /^dist\/playground\/web\/[\w/-]+\.(?:html|css|ts)$/u,
  /^dist\/playground\/engine\/[\w-]+\.sh$/u,
  /^dist\/LICENSES\.txt$/u,
  /^docs\/[\w-]+\.md$/u,
  /^(?:README|CHANGELOG|SECURITY)\.md$/u,
  /^(?:LICENSE|package\.json|manifest\.yml|fairlead\.example\.yml|fairlead\.schema\.json)$/u,
];

/** What `ws`, which is part of the playground's file, does without. */
const OPTIONAL = ['bufferutil', 'utf-8-validate'];

describe('the package', () => {
  it('holds what belongs into it, and nothing else', () => {
    const { contents } = installed;

    expect(BELONGS.filter((pattern) => !contents.some((path) => pattern.test(path)))).toEqual([]);
    expect(contents.filter((path) => !BELONGS.some((pattern) => pattern.test(path)))).toEqual([]);
    const page = globSync('playground/web/**/*.{html,css,ts}').map((path) => `dist/${path}`);
    expect(contents).toEqual(expect.arrayContaining(page));
  });

  it('depends on what its files import, and on nothing else', () => {
    const files = globSync('dist/**/*.js', { cwd: join(installed.folder, 'node_modules/fairlead') });
    const text = files.map((file) => readFileSync(join(installed.folder, 'node_modules/fairlead', file), 'utf8'));
    const imported = text.flatMap((code) =>
      [
        ...code.matchAll(
          /^(?:import|export) (?:[^'"]+ from )?["']([^"'.][^"']*)["']|(?:import|require)\(["']([^"'.][^"']*)["'][,)]/gmu,
        ),
      ].map(([, from, dynamic = '']) => from ?? dynamic),
    );
    const libraries = imported
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !OPTIONAL.includes(name))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/u.exec(name)?.[0]);

    expect([...new Set(libraries)].toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });

  it('names the licenses of the libraries that are part of its files', () => {
    const licenses = readFileSync(join(installed.folder, 'node_modules/fairlead/dist/LICENSES.txt'), 'utf8');

    expect([...licenses.matchAll(/^(\S+) \d+\.\d+\.\d+$/gmu)].map(([, name]) => name)).toEqual([
      '@streamparser/json',
      'bcryptjs',
      'bottleneck',
      'dockerfile-ast',
      'vscode-languageserver-textdocument',
      'vscode-languageserver-types',
      'ws',
      'yaml',
      'zod',
    ]);
  });

  it('runs where it is installed, without anything of the source', async () => {
    expect(await tryPackage(installed.program, version)).toEqual([
      'fairlead --version',
      'fairlead help',
      'fairlead init --help',
      'fairlead playground --help',
      'fairlead manifest',
      'fairlead check',
    ]);
  });

  it('runs through a link from elsewhere', () => {
    const link = join(installed.folder, 'linked');
    symlinkSync(installed.program, link);

    expect(execFileSync(process.execPath, [link, '--version'], { encoding: 'utf8' })).toBe(`fairlead ${version}\n`);
  });
});
