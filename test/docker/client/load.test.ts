import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Loads the library in a process of its own, and prints the packages it is made of and how many turns that took. */
const LOAD = `
import { createRequire } from 'node:module';
const { loadLibrary } = await import('./src/docker/client/dial.ts');
let turns = 0;
let isLoading = true;
const count = () => {
  turns += 1;
  if (isLoading) setImmediate(count);
};
setImmediate(count);
await loadLibrary();
isLoading = false;
const files = Object.keys(createRequire(import.meta.url).cache);
const packages = files.flatMap((file) => file.split('/node_modules/').at(-1)?.match(/^(?:@[^/]+\\/)?[^/]+/u) ?? []);
console.log(JSON.stringify({ turns, packages: [...new Set(packages)] }));`;

it("dockerode's connection is loaded in several turns of the event loop, without gRPC and protobuf", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LOAD]);
  const { turns, packages } = JSON.parse(stdout) as { turns: number; packages: string[] };
  expect(packages).toEqual(expect.arrayContaining(['docker-modem', 'ssh2']));
  expect(packages.filter((name) => /grpc|proto|^dockerode$/u.test(name))).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(2);
});
