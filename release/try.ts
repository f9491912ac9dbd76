import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

interface Trial {
  readonly args: readonly string[];
  /** Everything that must be in what is printed. */
  readonly prints: readonly RegExp[];
  readonly code: number;
}

const trials = (version: string): readonly Trial[] => [
  { args: ['--version'], prints: [new RegExp(`^fairlead ${version.replaceAll('.', '\\.')}\n$`, 'u')], code: 0 },
  { args: ['help'], prints: [/^fairlead init /mu, /^fairlead start /mu, /^fairlead playground /mu], code: 0 },
  { args: ['init', '--help'], prints: [/^fairlead init /u, /--prod-host/u], code: 0 },
  { args: ['playground', '--help'], prints: [/^fairlead playground /u, /--port/u], code: 0 },
  { args: ['manifest'], prints: [/^ +- command: \/deploy$/mu], code: 0 },
  // Its hosts are examples, and there is no token: that is what it says, once it has read the config and opened a
  // store.
  { args: ['check'], prints: [/^ok +config: .*3 hosts/mu, /^ok +store: /mu, /^FAIL +slack: /mu], code: 1 },
];

/** What `fairlead.example.yml` takes from the environment, and the key of a store. */
const EXAMPLE_ENV = {
  FAIRLEAD_CONFIG: 'fairlead.yml',
  FAIRLEAD_RECORD_KEY: '5a'.repeat(32),
  DATABASE_URL: 'file:fairlead.db',
  HARBOR_PASSWORD: 'example',
  SHOP_DATABASE_PASSWORD: 'example',
};

/**
 * Runs an installed `fairlead` in an empty folder. Gives each command line that did what it should; throws for the
 * first that did not.
 */
export async function tryPackage(program: string, version: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-try-'));
  try {
    copyFileSync(join(dirname(program), '../fairlead/fairlead.example.yml'), join(folder, 'fairlead.yml'));
    const tried: string[] = [];
    for (const { args, prints, code } of trials(version)) {
      const line = `fairlead ${args.join(' ')}`;
      const ran = await runIn(folder, program, args);
      const missing = prints.filter((pattern) => !pattern.test(ran.out));
      if (ran.code !== code || missing.length > 0)
        throw new Error(`${line} ended with ${ran.code} and without ${missing.join(', ')}:\n${ran.out}`);
      tried.push(line);
    }
    return tried;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runIn(cwd: string, program: string, args: readonly string[]): Promise<{ code: number; out: string }> {
  // The program's first line asks for `node`: this one, whatever the machine has.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: { ...EXAMPLE_ENV, PATH: path } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out: `${stdout}${stderr}` });
    });
  });
}
