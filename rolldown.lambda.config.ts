import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin, RolldownOptions } from 'rolldown';
import { engineClient } from './rolldown.docker.ts';
import { withoutFacades } from './rolldown.facades.ts';
import { librariesOf, quietLibraries } from './rolldown.libraries.ts';
import { licensesText } from './rolldown.licenses.ts';
import { sbomText } from './rolldown.sbom.ts';

/** Native parts that the libraries which ask for them do without. */
const ABSENT = ['cpu-features', 'pg-native'];

const { version, license } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; license: string };

/** Beside the functions: the version that they say they are, and the libraries that are in them, with their licenses. */
const files: Plugin = {
  name: 'files',
  generateBundle(_, bundle) {
    const name = 'fairlead-lambda';
    const libraries = librariesOf(bundle);
    const source = `${JSON.stringify({ name, version, type: 'module', private: true })}\n`;
    this.emitFile({ type: 'asset', fileName: 'package.json', source });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licensesText(libraries) });
    this.emitFile({
      type: 'asset',
      fileName: `${name}.cdx.json`,
      source: sbomText({ name, version, license }, libraries),
    });
  },
};

/** What is required when it is first needed lies beside the functions, as an installed library would. */
const REQUIRED = ['re2js'];
const required: Plugin = {
  name: 'required',
  buildStart() {
    for (const id of REQUIRED) {
      this.emitFile({ type: 'chunk', id, fileName: `node_modules/${id}/index.mjs` });
      this.emitFile({ type: 'asset', fileName: `node_modules/${id}/package.json`, source: '{"main":"index.mjs"}\n' });
    }
  },
};

/** Native addons and ssh2 are left out: functions refuse hosts over ssh, and every library that has an addon works without. */
const withoutSsh: Plugin = {
  name: 'without-ssh',
  resolveId: (id) => (id.endsWith('.node') ? { id, external: true } : id === 'ssh2' ? '\0ssh2' : undefined),
  load: (id) => (id === '\0ssh2' ? 'module.exports = {}' : undefined),
};

/**
 * How pg proves a password to PostgreSQL, by Node's own functions: by WebCrypto each step is a turn of the event loop, and a
 * cold start waits for them all.
 */
const SCRAM = `const { createHash, createHmac, pbkdf2Sync, randomBytes } = process.getBuiltinModule('node:crypto');
const hashByName = (name, text) => createHash(name.replace('-', '')).update(text).digest();
const md5 = (text) => createHash('md5').update(text).digest('hex');
module.exports = {
  postgresMd5PasswordHash: (user, password, salt) =>
    'md5' + md5(Buffer.concat([Buffer.from(md5(password + user)), salt])),
  randomBytes,
  deriveKey: (password, salt, iterations) => pbkdf2Sync(password, salt, iterations, 32, 'sha256'),
  sha256: (text) => hashByName('SHA-256', text),
  hashByName,
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
  md5,
};`;

const withoutWebCrypto: Plugin = {
  name: 'without-webcrypto',
  load: (id) => (id.endsWith('/pg/lib/crypto/utils.js') ? SCRAM : undefined),
};

const FRONT = join(import.meta.dirname, 'src/entry/lambda/front.ts');
/** What the front imports one after the other. Each is one file, with what it needs that those before it do not have. */
export const PARTS = {
  commands: 'src/commands/index.ts',
  config: 'src/config.ts',
  settings: 'src/entry/lambda/settings.ts',
  hearing: 'src/entry/lambda/hearing.ts',
  store: 'src/store/postgres/open-postgres.ts',
};

/** The name of the part that a module is in, by its id. */
const partOf = new Map<string, string>();
const inParts: Plugin = {
  name: 'in-parts',
  buildEnd() {
    partOf.clear();
    for (const [name, path] of Object.entries({ front: FRONT, ...PARTS })) {
      const found = [resolve(import.meta.dirname, path)];
      for (const id of found) {
        if (partOf.has(id)) continue;
        partOf.set(id, name);
        found.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    }
    partOf.delete(FRONT);
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
  // Files may export to each other what they share.
  preserveEntrySignatures: 'allow-extension',
  logLevel: 'warn',
  // Of bottleneck's ways to load Redis, which is not used.
  checks: { eval: false },
  external: (id) => ABSENT.includes(id),
  plugins: [inParts, required, engineClient, withoutSsh, withoutFacades, withoutWebCrypto, files],
  output: {
    dir: 'dist/lambda',
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    minify: true,
    intro: quietLibraries,
    // A text of ASCII alone is read faster.
    charset: 'ascii',
    codeSplitting: {
      groups: [{ name: (id) => partOf.get(id) ?? null, debugName: 'parts of the front' }],
      includeDependenciesRecursively: false,
    },
  },
} satisfies RolldownOptions;
