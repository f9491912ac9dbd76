/**
 * Stands in for the `grype` program: options, exit codes and the form of its answers are those of Grype 0.116
 * (cmd/grype/cli, grype/presenter/models). An option it does not know is refused as there. For the folder: `fake-trivy.ts`.
 */
import { appendFileSync, createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './fake.ts';

const [, , folder = '', ...args] = process.argv;
const world = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as World;
appendFileSync(join(folder, 'calls.ndjson'), `${JSON.stringify({ args, env: process.env })}\n`);

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

const options = new Map<string, string>();
const named: string[] = [];
for (let at = 0; at < args.length; at += 1) {
  const word = args[at] ?? '';
  if (!word.startsWith('-')) named.push(word);
  else if (word === '-q') options.set('q', '');
  else if (word === '-o' || word === '--platform') {
    at += 1;
    options.set(word, args[at] ?? '');
  } else fail(`unknown flag: ${word}`);
}

function scanImage(image: string) {
  if (world.fault?.text !== undefined) fail(world.fault.text);
  if (!image.startsWith('registry:')) fail(`errors occurred attempting to resolve '${image}'`);
  const { GRYPE_REGISTRY_AUTH_USERNAME: user, GRYPE_REGISTRY_AUTH_PASSWORD: password } = process.env;
  const { account } = world;
  const fetching = `unable to determine image source: failed to get image descriptor from registry: GET https://${image}`;
  if (account && (user !== account.username || password !== account.password))
    fail(`1 error occurred:\n\t* failed to catalog: ${fetching}: UNAUTHORIZED: authentication required`);
  const report = world.reports[image.slice(image.indexOf('@') + 1)];
  if (report === undefined)
    fail(`1 error occurred:\n\t* failed to catalog: ${fetching}: MANIFEST_UNKNOWN: manifest unknown`);
  if (options.get('-o') !== 'json') return process.stdout.write(`${JSON.stringify({ format: options.get('-o') })}\n`);
  createReadStream(join(folder, report)).pipe(process.stdout);
}

if (named[0] === 'version')
  process.stdout.write(`${JSON.stringify({ application: 'grype', version: world.version, supportedDbSchema: 6 })}\n`);
else scanImage(named[0] ?? '');
