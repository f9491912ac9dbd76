import { type OutputChunk, rolldown } from 'rolldown';
import { beforeAll, expect, it } from 'vitest';
import config, { PARTS } from '../../rolldown.lambda.config.ts';

let names: readonly string[];
const chunks = new Map<string, OutputChunk>();

beforeAll(async () => {
  const { output, ...input } = config;
  const build = await rolldown(input);
  const { output: files } = await build.generate(output);
  await build.close();
  names = files.map(({ fileName }) => fileName);
  for (const file of files) if (file.type === 'chunk') chunks.set(file.fileName, file);
});

const PART_FILES = Object.keys(PARTS).map((name) => `chunks/${name}.mjs`);

/** The modules that are loaded with files, without those that they import later. */
function loadedWith(...files: readonly string[]): readonly string[] {
  const loaded = new Set(files);
  for (const one of loaded) for (const other of chunks.get(one)?.imports ?? []) loaded.add(other);
  return [...loaded].flatMap((one) => chunks.get(one)?.moduleIds ?? []);
}

it('no function has Bolt, a way to hosts over ssh, the playground, or what nobody could scrape in it', () => {
  const modules = [...chunks.values()].flatMap(({ moduleIds }) => moduleIds);

  expect(modules.some((id) => id.includes('/@slack/web-api/'))).toBe(true);
  const absent = /\/@slack\/(?:bolt|socket-mode|oauth)\/|\/ssh2\/|\/playground\/|\/@opentelemetry\/|\/prom-client\//u;
  expect(modules.filter((id) => absent.test(id))).toEqual([]);
  expect(names).toEqual(
    expect.arrayContaining([
      'front.mjs',
      'worker.mjs',
      'schedule.mjs',
      'package.json',
      'LICENSES.txt',
      'fairlead-lambda.cdx.json',
      'node_modules/re2js/index.mjs',
      ...PART_FILES,
    ]),
  );
});

it('no function imports a module of Node’s, which would load all that it exports', () => {
  const files = [...chunks.values()];

  expect(files.some(({ code }) => code.includes('process.getBuiltinModule'))).toBe(true);
  expect(
    files.filter(({ code }) => /\b(?:from|import) ?["'`]node:/u.test(code)).map(({ fileName }) => fileName),
  ).toEqual([]);
});

it('the front first loads what connects to PostgreSQL, and nothing that takes long', () => {
  const loaded = loadedWith('front.mjs');

  expect(loaded.some((id) => id.endsWith('/src/store/postgres/ahead.ts'))).toBe(true);
  expect(
    loaded.filter((id) => /\/node_modules\/(?:pino|re2js|yaml|zod)\/|\/src\/(?:commands|config)/u.test(id)),
  ).toEqual([]);
});

it('the front starts with what decides, and loads later what carries out, draws, or speaks to Slack or AWS', () => {
  const loaded = loadedWith('front.mjs', ...PART_FILES);

  expect(loaded.some((id) => id.endsWith('/src/handlers/deciding.ts'))).toBe(true);
  const late = [
    /\/src\/(?:docker\/(?!limits\/budget|rollout\/errors)|dockerfile|image|proof|registry|scanner|sources|worker)/u,
    /\/src\/handlers\/[^/]+\//u,
    /\/src\/slack\/(?:cards|commands\.ts|views\/(?:cleanup|containers|deploy|grants|hosts|images|lifecycle|locks))/u,
    /\/src\/store\/(?:sqlite\/(?!location)|transfer)/u,
    /\/node_modules\/(?:@aws-sdk|@slack\/web-api|@streamparser|bottleneck|dockerfile-ast|otpauth|re2js|semver|undici)\//u,
  ];
  expect(loaded.filter((id) => late.some((part) => part.test(id)))).toEqual([]);
});
