import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const lines = readFileSync('Dockerfile', 'utf8')
  .split('\n')
  .map((line) => line.split(' '));
const said = (name: string) => lines.filter(([first]) => first === name).map(([, ...rest]) => rest);

describe('the Dockerfile', () => {
  it('copies only what is there, and what .dockerignore lets in', () => {
    const kept = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+$/gmu);
    const copied = said('COPY')
      .filter(([first]) => !first?.startsWith('--from'))
      .flatMap((words) => words.slice(0, -1));

    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    expect(kept?.toSorted()).toEqual(copied.toSorted());
  });

  it('runs as nobody special, and what it starts is there once built', () => {
    expect(said('USER')).toEqual([['node']]);
    expect(said('ENTRYPOINT')).toEqual([['["node",', '"/app/dist/cli.js"]']]);
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
    try {
      // The last stage: the package, its dependencies and what was built, and nothing of the source.
      const from = said('COPY').filter(([first]) => first?.startsWith('--from'));
      expect(from.map(([, path]) => path)).toEqual(['/app/package.json', '/app/node_modules', '/app/dist']);
      cpSync('package.json', join(folder, 'package.json'));
      cpSync('dist', join(folder, 'dist'), { recursive: true });
      symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));

      expect(execFileSync(process.execPath, [join(folder, 'dist/cli.js'), 'help'], { encoding: 'utf8' })).toContain(
        'fairlead start',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the systemd unit', () => {
  const unit = readFileSync('install/fairlead.service', 'utf8');

  it('starts the bot, with its secrets from a file and little else allowed', () => {
    expect(unit).toContain('ExecStart=/usr/bin/node /opt/fairlead/dist/cli.js start\n');
    for (const line of ['EnvironmentFile=/etc/fairlead/.env', 'ProtectSystem=strict', 'NoNewPrivileges=yes'])
      expect(unit).toContain(`${line}\n`);
  });

  it('is one systemd takes, where systemd is there to say so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-unit-'));
    try {
      const path = join(folder, 'fairlead.service');
      writeFileSync(path, unit.replace('/usr/bin/node', process.execPath));
      const { error, stdout, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });

      expect(error === undefined || (error as NodeJS.ErrnoException).code === 'ENOENT').toBe(true);
      expect(`${stdout ?? ''}${stderr ?? ''}`).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
