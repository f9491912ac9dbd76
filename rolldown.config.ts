import { globSync, readFileSync } from 'node:fs';
import type { Plugin, RolldownOptions } from 'rolldown';
import { licensesOf } from './rolldown.licenses.ts';

/**
 * Libraries of many small files that no other library loads, and those that only the playground takes: see
 * devDependencies.
 */
const BUNDLED = [
  '@streamparser/json',
  'bcryptjs',
  'bottleneck',
  'dockerfile-ast',
  'vscode-languageserver-textdocument',
  'vscode-languageserver-types',
  'ws',
  'yaml',
  'zod',
];

const isBundled = (id: string) =>
  /^[./]/u.test(id) || BUNDLED.some((library) => id === library || id.startsWith(`${library}/`));

/**
 * What the playground reads while it runs: its page, whose types are removed as it is served, and the scripts of its
 * engines.
 */
const PLAYGROUND_FILES = ['playground/web/**/*.{html,css,ts}', 'playground/engine/*.sh'];

/** Adds the playground's files, and the licenses of the libraries that are part of the built files. */
const files: Plugin = {
  name: 'files',
  generateBundle(_, bundle) {
    for (const fileName of globSync(PLAYGROUND_FILES))
      this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName, 'utf8') });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesOf(bundle) });
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
  external: (id) => !isBundled(id),
  plugins: [files],
  output: {
    dir: 'dist',
    cleanDir: true,
    sourcemap: true,
    // As deep as in src/cli: a path from there to the root of the package is the same from here. The thread's file is
    // beside the one that starts it, as in src/store/sqlite.
    chunkFileNames: 'cli/[name].js',
    // Two bytes are kept of every character of a file that has one beyond Latin-1, and comments are read at each start.
    charset: 'ascii',
    comments: false,
  },
} satisfies RolldownOptions;
