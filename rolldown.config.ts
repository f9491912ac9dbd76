import type { RolldownOptions } from 'rolldown';

/** Libraries of many small files that no other library loads. */
const BUNDLED = ['yaml', 'zod'];

const isBundled = (id: string) => /^[./]/u.test(id) || BUNDLED.includes(id.split('/')[0] ?? '');

/** What is shipped: a few files, since loading several hundred modules one by one took a third of the start. */
export default {
  input: { cli: 'src/cli.ts', 'cli/audit-thread': 'src/store/audit-thread.ts' },
  platform: 'node',
  logLevel: 'warn',
  external: (id) => !isBundled(id),
  output: {
    dir: 'dist',
    cleanDir: true,
    sourcemap: true,
    // As deep as in src/cli: a path from there to the root of the package is the same from here. The thread's file is
    // beside the one that starts it, as in src/store.
    chunkFileNames: 'cli/[name].js',
  },
} satisfies RolldownOptions;
