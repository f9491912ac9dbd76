import { globSync, readFileSync } from 'node:fs';
import type { Plugin, RolldownOptions } from 'rolldown';
import { engineClient } from './rolldown.docker.ts';
import { withoutFacades } from './rolldown.facades.ts';
import { librariesOf, quietLibraries } from './rolldown.libraries.ts';
import { licensesText } from './rolldown.licenses.ts';
import { sbomText } from './rolldown.sbom.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What the libraries that ask for it do without: native parts of `ws`, colours of `debug`. */
const ABSENT = ['bufferutil', 'supports-color', 'utf-8-validate'];

/** What is installed beside the built files. All other libraries are part of them. */
const INSTALLED = [...Object.keys(manifest.dependencies), ...ABSENT];

const isInstalled = (id: string) => INSTALLED.some((library) => id === library || id.startsWith(`${library}/`));

/**
 * What the playground reads while it runs: its page, whose types are removed as it is served, and the scripts of its
 * engines.
 */
const PLAYGROUND_FILES = ['playground/web/**/*.{html,css,ts}', 'playground/engine/*.sh'];

/** Adds the playground's files, and what tells of the libraries that are part of the built files. */
const files: Plugin = {
  name: 'files',
  generateBundle(_, bundle) {
    for (const fileName of globSync(PLAYGROUND_FILES))
      this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName, 'utf8') });
    const libraries = librariesOf(bundle);
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesText(libraries) });
    this.emitFile({ type: 'asset', fileName: 'fairlead.cdx.json', source: sbomText(manifest, libraries) });
  },
};

/** What is shipped: a few files, since loading several hundred modules one by one took a third of the start. */
export default {
  input: {
    cli: 'src/cli.ts',
    'cli/audit-thread': 'src/store/sqlite/audit-thread.ts',
    'playground/index': 'playground/index.ts',
  },
  platform: 'node',
  logLevel: 'warn',
  // Of bottleneck's ways to load Redis, which is not used.
  checks: { eval: false },
  external: isInstalled,
  plugins: [engineClient, withoutFacades, files],
  output: {
    dir: 'dist',
    cleanDir: true,
    sourcemap: true,
    intro: quietLibraries,
    // As deep as in src/cli: a path from there to the root of the package is the same from here. The thread's file is
    // beside the one that starts it, as in src/store/sqlite.
    chunkFileNames: 'cli/[name].js',
    // Two bytes are kept of every character of a file that has one beyond Latin-1, and comments are read at each start.
    charset: 'ascii',
    comments: false,
  },
} satisfies RolldownOptions;
