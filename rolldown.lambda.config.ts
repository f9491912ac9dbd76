import { readFileSync } from 'node:fs';
import type { Plugin, RolldownOptions } from 'rolldown';
import { licensesOf } from './rolldown.licenses.ts';

/** Native parts that the libraries which ask for them do without. */
const ABSENT = ['cpu-features', 'pg-native'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Beside the functions: the version that they say they are, and the licenses of what is in them. */
const files: Plugin = {
  name: 'files',
  generateBundle(_, bundle) {
    const source = `${JSON.stringify({ name: 'fairlead-lambda', version, type: 'module', private: true })}\n`;
    this.emitFile({ type: 'asset', fileName: 'package.json', source });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesOf(bundle) });
  },
};

/** Native addons and ssh2 are left out: functions refuse hosts over ssh, and every library that has an addon works without. */
const withoutSsh: Plugin = {
  name: 'without-ssh',
  resolveId: (id) => (id.endsWith('.node') ? { id, external: true } : id === 'ssh2' ? '\0ssh2' : undefined),
  load: (id) => (id === '\0ssh2' ? 'module.exports = {}' : undefined),
};

const BUILTIN = '\0builtin:';

/**
 * Node's own modules as they are: importing one also reads all its exports, which loads what few of them need, such as
 * WebCrypto or the client behind `fetch`.
 */
const withoutFacades: Plugin = {
  name: 'without-facades',
  resolveId: (id, _, { kind }) =>
    id.startsWith('node:') && kind === 'import-statement' ? `${BUILTIN}${id}` : undefined,
  load(id) {
    if (!id.startsWith(BUILTIN)) return undefined;
    const name = id.slice(BUILTIN.length);
    const exported = Object.keys(process.getBuiltinModule(name) ?? {}).map(
      (key) => `export const ${key} = /* @__PURE__ */ (() => builtin.${key})();`,
    );
    const code = `const builtin = process.getBuiltinModule('${name}');\nexport default builtin;\n${exported.join('\n')}`;
    return { code, moduleSideEffects: false };
  },
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
  plugins: [withoutSsh, withoutFacades, files],
  output: {
    dir: 'dist/lambda',
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    minify: true,
  },
} satisfies RolldownOptions;
