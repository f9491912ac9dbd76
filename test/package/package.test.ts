import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, symlinkSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { manifestOf } from '../../release/package.ts';
import { tryPackage } from '../../release/try.ts';
import { INSTALL_MS, type Installed, installFromTarball } from './installed.ts';
import { testPlayground } from './playground.ts';

let installed: Installed;
beforeAll(async () => {
  installed = await installFromTarball();
}, INSTALL_MS);
afterAll(() => installed?.[Symbol.asyncDispose]());

const { version, dependencies, devDependencies } = manifestOf('.');

/** What belongs into the package: the built program, what it reads, and what people read. */
const BELONGS = [
  /^dist\/cli\.js$/u,
  /^dist\/cli\/[\w-]+(?:\.node)?\.js$/u,
  /^dist\/playground\/index\.js$/u,
  /^dist\/playground\/web\/[\w/-]+\.(?:html|css|ts)$/u,
  /^dist\/playground\/engine\/[\w-]+\.sh$/u,
  /^dist\/LICENSES\.txt$/u,
  /^dist\/fairlead\.cdx\.json$/u,
  /^docs\/[\w-]+\.md$/u,
  /^(?:README|CHANGELOG|SECURITY)\.md$/u,
  /^(?:LICENSE|package\.json|manifest\.yml|fairlead\.example\.yml|fairlead\.schema\.json)$/u,
];

/** What `ws`, which is part of the playground's file, and `debug` do without. */
const OPTIONAL = ['bufferutil', 'supports-color', 'utf-8-validate'];

/** What CycloneDX 1.6 says of a component, of the parts that are used: https://cyclonedx.org/docs/1.6/json/#components */
const COMPONENT = z.strictObject({
  type: z.enum(['application', 'library']),
  'bom-ref': z.string().min(1),
  group: z.string().startsWith('@').optional(),
  name: z.string().regex(/^[^/@]+$/u),
  version: z.string().max(1024),
  licenses: z.tuple([
    z.strictObject({ expression: z.enum(['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']) }),
  ]),
  purl: z.string(),
});
const SBOM = z.strictObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  version: z.int().min(1),
  metadata: z.strictObject({ component: COMPONENT }),
  components: z.array(COMPONENT),
});

interface Library {
  readonly name: string;
  readonly version: string;
}

const purlOf = ({ name, version: of }: Library) => `pkg:npm/${name.replace('@', '%40')}@${of}`;

/** The libraries whose code is in built files, by their source maps. */
function bundledIn(built: string): readonly Library[] {
  const maps = globSync('{*,cli/*,playground/*}.js.map', { cwd: built });
  const sources = maps.flatMap((file) =>
    (JSON.parse(readFileSync(join(built, file), 'utf8')) as { sources: readonly string[] }).sources.map((path) =>
      join(built, dirname(file), path),
    ),
  );
  const folders = sources.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(path) ?? []);
  return [...new Set(folders)].toSorted().map((folder) => {
    const { name, version: of } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Library;
    return { name, version: of };
  });
}

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

  it('imports no module of Node’s, which would load all that it exports', () => {
    const program = join(installed.folder, 'node_modules/fairlead');
    const files = globSync('dist/**/*.js', { cwd: program });
    const importing = files.filter((file) =>
      /^import [^;]*["']node:/mu.test(readFileSync(join(program, file), 'utf8')),
    );

    expect(files).toContain('dist/cli/start.js');
    expect(importing).toEqual([]);
  });

  it('names every library that is part of its files, with its version and license, where scanners and people look', () => {
    const read = (file: string) => readFileSync(join(installed.folder, 'node_modules/fairlead/dist', file), 'utf8');
    const { metadata, components } = SBOM.parse(JSON.parse(read('fairlead.cdx.json')));
    const bundled = bundledIn(installed.built);

    expect(metadata.component).toMatchObject({ type: 'application', name: 'fairlead', version });
    expect(components.map(({ purl }) => purl)).toEqual(bundled.map(purlOf));
    expect(components.map(({ 'bom-ref': ref }) => ref)).toEqual(bundled.map(purlOf));
    expect(components.map(({ group, name }) => [...(group ? [group] : []), name].join('/'))).toEqual(
      bundled.map(({ name }) => name),
    );
    const titles = bundled.map((library) => `${library.name} ${library.version}`);
    expect(read('LICENSES.txt').split('\n')).toEqual(expect.arrayContaining(titles));
    // Nobody looks for these below, so what comes into the files with a library of theirs is seen here.
    expect(bundled.map(({ name }) => name).filter((name) => Object.hasOwn(devDependencies, name))).toEqual([
      '@slack/bolt',
      '@slack/types',
      '@slack/web-api',
      '@streamparser/json',
      'bcryptjs',
      'bottleneck',
      'docker-modem',
      'dockerfile-ast',
      'dotenv',
      'ipaddr.js',
      'otpauth',
      'pino',
      'semver',
      'undici',
      'ws',
      'yaml',
      'zod',
    ]);
    // Bolt's index would bring the receivers that are not used.
    expect(bundled.filter(({ name }) => ['express', 'body-parser', 'router'].includes(name))).toEqual([]);
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

testPlayground(() => installed);
