import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

export function manifestOf(source: string): Manifest {
  return JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
}

/** Builds and packs the package whose source is in a folder, as publishing does. Gives the path of the tarball. */
export async function packPackage(source: string, destination: string): Promise<string> {
  const { name, version } = manifestOf(source);
  await npm(source, ['pack', '--pack-destination', destination]);
  return join(destination, `${name}-${version}.tgz`);
}

/** The paths of the files in a tarball. */
export async function contentsOf(tarball: string): Promise<readonly string[]> {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  return stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//u, ''));
}

/**
 * Installs a tarball into a folder that is made for it, with the dependencies that the source's lock file names: what
 * `npm ci` left in npm's cache is enough, without a network. Gives the path of the program.
 */
export async function installPackage(tarball: string, source: string, folder: string): Promise<string> {
  const { name, version, dependencies, bin, engines } = manifestOf(source);
  const lock = JSON.parse(readFileSync(join(source, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const needed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  mkdirSync(folder, { recursive: true });
  const resolved = `file:${relative(folder, tarball)}`;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  const root = { name: 'installed', version: '0.0.0', dependencies: { [name]: resolved } };
  const packages = {
    '': root,
    [`node_modules/${name}`]: { version, resolved, integrity, dependencies, bin, engines },
    ...Object.fromEntries(needed),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...root, lockfileVersion: 3, requires: true, packages }),
  );
  await npm(folder, ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']);
  return join(folder, 'node_modules/.bin', Object.keys(bin)[0] ?? '');
}

/** Runs npm with this process's Node. Throws with what npm printed. */
async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  await run('npm', args, { cwd, env: { ...process.env, PATH: path }, maxBuffer: 10_000_000 }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`npm ${args[0]} failed in ${cwd}: ${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
    },
  );
}
