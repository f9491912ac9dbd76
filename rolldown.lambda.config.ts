import type { Plugin, RolldownOptions } from 'rolldown';
import { licensesOf } from './rolldown.licenses.ts';

/** Native parts that the libraries which ask for them do without. */
const ABSENT = ['cpu-features', 'pg-native'];

const licenses: Plugin = {
  name: 'licenses',
  generateBundle(_, bundle) {
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesOf(bundle) });
  },
};

/** Native addons are left out: every library that has one works without. */
const withoutAddons: Plugin = {
  name: 'without-addons',
  resolveId: (id) => (id.endsWith('.node') ? { id, external: true } : undefined),
};

/**
 * The functions, with all they need: a folder to upload. What a function loads when it starts is in its file and in the
 * chunks that it shares with the others; what few requests need is in chunks of its own.
 */
export default {
  input: {
    front: 'src/entry/lambda/front.ts',
    worker: 'src/entry/lambda/worker.ts',
    schedule: 'src/entry/lambda/schedule.ts',
  },
  platform: 'node',
  logLevel: 'warn',
  // Of bottleneck's ways to load Redis, which is not used.
  checks: { eval: false },
  external: (id) => ABSENT.includes(id),
  plugins: [withoutAddons, licenses],
  output: {
    dir: 'dist/lambda',
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    minify: true,
  },
} satisfies RolldownOptions;
