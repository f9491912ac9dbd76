import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sectionsOf } from './changelog.ts';
import { contentsOf, installPackage, manifestOf, packPackage } from './package.ts';
import { tryPackage } from './try.ts';
import { notesOf, problemsOf } from './version.ts';

const HELP = `npm run release:rehearse -- [--tag v1.2.3] [--to <folder>]

Does what a release does but for publishing: checks that tag, package.json and CHANGELOG.md name one version, builds, packs,
installs the package into an empty folder and runs it there. What npm ci left in npm's cache is enough, without a network.
  --tag v1.2.3   the tag to release; without it, CHANGELOG.md may still have unreleased entries
  --to <folder>  leave the package and the notes of the release (notes.md) there`;

const SOURCE = join(import.meta.dirname, '..');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { tag: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const { version } = manifestOf(SOURCE);
  const sections = sectionsOf(readFileSync(join(SOURCE, 'CHANGELOG.md'), 'utf8'));
  const problems = problemsOf({ tag: values.tag, version, sections });
  for (const problem of problems) say(problem);
  if (problems.length > 0) return 1;
  say(`ok    version ${version}${values.tag === undefined ? ' (no tag yet)' : `, tag ${values.tag}`}`);

  const work = mkdtempSync(join(tmpdir(), 'fairlead-release-'));
  try {
    const tarball = await packPackage(SOURCE, values.to ?? work);
    say(`ok    packed ${tarball}, ${(await contentsOf(tarball)).length} files`);
    const program = await installPackage(tarball, SOURCE, join(work, 'installed'));
    say('ok    installed into an empty folder');
    for (const what of await tryPackage(program, version)) say(`ok    ${what}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  if (values.to !== undefined) writeFileSync(join(values.to, 'notes.md'), `${notesOf({ sections })?.text ?? ''}\n`);
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main().catch((error: Error) => {
  say(error.message);
  return 1;
});
