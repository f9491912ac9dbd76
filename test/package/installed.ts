import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { contentsOf, installPackage, packPackage } from '../../release/package.ts';

export interface Installed extends AsyncDisposable {
  /** The paths of the files in the tarball. */
  readonly contents: readonly string[];
  /** The folder of the built files that were packed, with their source maps. */
  readonly built: string;
  /** The folder that it was installed into. */
  readonly folder: string;
  /** `fairlead` there, as npm links it. */
  readonly program: string;
}

/** How long building, packing and installing may take on a busy machine. */
export const INSTALL_MS = 300_000;

/** Not part of the source, or too much to copy. */
const LEFT_OUT = ['node_modules', 'dist', '.git', '.cache', 'coverage'];

/**
 * Builds and packs a copy of the source, since other tests run what is in this one's `dist`, and installs the tarball.
 */
export async function installFromTarball(): Promise<Installed> {
  const work = mkdtempSync(join(tmpdir(), 'fairlead-package-'));
  const remove = async () => rmSync(work, { recursive: true, force: true });
  try {
    const source = join(work, 'source');
    const here = process.cwd();
    cpSync(here, source, { recursive: true, filter: (path) => !LEFT_OUT.includes(relative(here, path)) });
    symlinkSync(join(here, 'node_modules'), join(source, 'node_modules'));
    const tarball = await packPackage(source, work);
    const folder = join(work, 'installed');
    const program = await installPackage(tarball, source, folder);
    const built = join(source, 'dist');
    return { contents: await contentsOf(tarball), built, folder, program, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
