import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { freePort } from '../e2e/access.ts';
import { end, loneBot } from '../e2e/process.ts';

const lines = readFileSync('Dockerfile', 'utf8')
  .split('\n')
  .map((line) => line.split(' '));
const said = (name: string) => lines.filter(([first]) => first === name).map(([, ...rest]) => rest);

const BUSYBOX = '/bin/busybox';

describe('the Dockerfile', () => {
  it('copies only what is there, and what .dockerignore lets in', () => {
    const kept = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+$/gmu);
    const copied = said('COPY')
      .filter(([first]) => !first?.startsWith('--from'))
      .flatMap((words) => words.slice(0, -1));

    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    expect(kept?.toSorted()).toEqual(copied.toSorted());
  });

  it('copies what the build needs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
    try {
      const copied = said('COPY').filter(([first]) => !first?.startsWith('--from'));
      for (const words of copied)
        for (const path of words.slice(0, -1)) cpSync(path, join(folder, path), { recursive: true });
      symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
      const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
      const [types = '', ...bundles] = scripts['build']?.split(' && ') ?? [];
      // The types are the checks' own work.
      expect(types).toMatch(/^tsc -p tsconfig.build.json$/u);
      const env = { ...process.env, PATH: `${folder}/node_modules/.bin:${process.env['PATH']}` };
      execFileSync('sh', ['-ec', bundles.join(' && ')], { cwd: folder, env, stdio: 'pipe' });

      expect(existsSync(join(folder, 'dist/cli.js'))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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

describe('the health check of the image', () => {
  const check = /^HEALTHCHECK .*\\\n +CMD (.+)$/mu.exec(readFileSync('Dockerfile', 'utf8'))?.[1] ?? '';
  const [, ...listen] =
    said('ENV')
      .flat()
      .find((word) => word.startsWith('FAIRLEAD_STATUS_LISTEN='))
      ?.split('=') ?? [];
  /** Its exit code, by the shell and the wget that Alpine has. */
  const asked = (env: NodeJS.ProcessEnv) => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-health-'));
    symlinkSync(BUSYBOX, join(folder, 'wget'));
    const { status } = spawnSync(BUSYBOX, ['sh', '-c', check], { env: { ...env, PATH: folder } });
    rmSync(folder, { recursive: true, force: true });
    return status;
  };

  it('is passed while the bot answers, wherever it listens, and by one that listens nowhere', async () => {
    expect(listen).toEqual(['9464']);
    const slack = await startSlack();
    onTestFinished(() => slack.stop());
    // Slack is away: that is no reason to restart a bot.
    slack.faults.during({ method: '*', status: 500 });
    const port = await freePort();
    const bot = loneBot(slack, { FAIRLEAD_STATUS_LISTEN: `0.0.0.0:${port}` });
    await bot.said('The worker has started');

    for (const said of [`${port}`, `127.0.0.1:${port}`, `0.0.0.0:${port}`])
      expect(asked({ FAIRLEAD_STATUS_LISTEN: said }), said).toBe(0);
    expect(asked({ FAIRLEAD_STATUS_LISTEN: '' })).toBe(0);
    await end(bot, 'SIGKILL');
    expect(asked({ FAIRLEAD_STATUS_LISTEN: `${port}` })).not.toBe(0);
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
