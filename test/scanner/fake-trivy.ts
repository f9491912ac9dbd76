/**
 * Stands in for the `trivy` program: its options, exit codes and error texts are those of Trivy 0.74 (pkg/flag,
 * pkg/commands/app.go, pkg/fanal/image). An option it does not know is refused as there. What it answers is in a folder:
 * `world.json` (see `World`) and the reports beside it. Each call is appended to `calls.ndjson` with its arguments and the
 * whole of its environment.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './fake.ts';

const [, , folder = '', ...args] = process.argv;
const world = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as World;
appendFileSync(join(folder, 'calls.ndjson'), `${JSON.stringify({ args, env: process.env })}\n`);

/** Options of `trivy image` that take a value, and switches; `--x=false` is a switch too. */
const VALUES = ['format', 'image-src', 'scanners', 'timeout', 'server', 'token', 'platform', 'severity', 'output'];
const SWITCHES = ['quiet', 'list-all-pkgs', 'show-suppressed', 'skip-db-update', 'skip-java-db-update', 'offline-scan'];

function fatal(text: string): never {
  process.stderr.write(`2026-11-28T12:00:00Z\tFATAL\tFatal error\t${text}\n`);
  process.exit(1);
}

function readOptions(words: readonly string[]) {
  const options = new Map<string, string>();
  const named: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      named.push(word);
      continue;
    }
    const [name = '', value] = word.replace(/^--/u, '').split('=');
    if (SWITCHES.includes(name)) options.set(name, value ?? 'true');
    else if (VALUES.includes(name)) {
      if (value === undefined) at += 1;
      options.set(name, value ?? words[at] ?? '');
    } else fatal(`unknown flag: ${word.split('=')[0]}`);
  }
  return { options, named };
}

const notFound = (reference: string, cause: string) =>
  fatal(
    `run error: image scan error: scan error: unable to initialize a scan service: unable to find the specified image "${reference}" in ["remote"]: 1 error occurred:\n\t* remote error: GET https://${reference}: ${cause}`,
  );

async function scanImage(words: readonly string[]) {
  const { options, named } = readOptions(words);
  const [reference = '', ...more] = named;
  if (reference === '' || more.length > 0) fatal('multiple targets cannot be specified');
  const { fault, account, server } = world;
  if (fault?.hangs) await hang();
  if (fault !== undefined && fault.text !== undefined) {
    process.stderr.write(`${fault.text}\n`);
    process.exit(fault.exitCode ?? 1);
  }
  if (options.has('server') && server && process.env['TRIVY_TOKEN'] !== server.token)
    fatal(
      'run error: image scan error: scan error: scan failed: scan failed: failed to detect vulnerabilities via RPC: twirp error unauthenticated: invalid token',
    );
  const { TRIVY_USERNAME: user, TRIVY_PASSWORD: password } = process.env;
  if (account && (user !== account.username || password !== account.password))
    notFound(reference, 'UNAUTHORIZED: authentication required; [map[Action:pull Type:repository]]');
  const digest = reference.slice(reference.indexOf('@') + 1);
  const report = world.reports[digest] ?? world.reports['*'];
  if (report === undefined) notFound(reference, 'MANIFEST_UNKNOWN: manifest unknown; unknown manifest');
  const format = options.get('format') ?? 'table';
  if (format !== 'json') return process.stdout.write(`${JSON.stringify({ format, of: reference }, null, 2)}\n`);
  createReadStream(join(folder, String(report))).pipe(process.stdout);
}

/** Hangs with a child that does not hear SIGTERM, and whose id is in `child.pid`. */
async function hang() {
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], {
    stdio: 'inherit',
  });
  appendFileSync(join(folder, 'child.pid'), `${child.pid}\n`);
  await new Promise(() => setInterval(() => {}, 1000));
}

const [command, ...words] = args;
if (command === 'version')
  process.stdout.write(
    `${JSON.stringify({ Version: world.version, ...(world.database ? { VulnerabilityDB: { Version: 2, NextUpdate: '2026-11-29T06:00:00Z', UpdatedAt: world.database, DownloadedAt: '2026-11-28T08:00:00Z' } } : {}) })}\n`,
  );
else if (command === 'image') await scanImage(words);
else fatal(`unknown command "${command}" for "trivy"`);
