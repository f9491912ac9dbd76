import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cli } from './cli.ts';

const say = (...args: string[]) => cli(args, {}, '/');
const NAMES = ['init', 'start', 'check', 'run', 'audit', 'backup', 'totp', 'manifest', 'schema', 'trusted-root'];

describe('the program', () => {
  it.each(['--version', '-V', '-v', 'version'])('says its version when asked with %s', async (ask) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

    expect(await say(ask)).toEqual({ code: 0, out: `fairlead ${version}\n` });
  });

  it.each(NAMES)('says how %s is used, however it is asked, and does nothing else', async (name) => {
    const asked = [
      [name, '--help'],
      [name, '-h'],
      [name, 'help'],
      ['help', name],
    ];
    for (const { code, out } of await Promise.all(asked.map((args) => say(...args)))) {
      expect(out).toMatch(new RegExp(`^fairlead ${name}\\b[^\\n]*\\n  \\S`, 'u'));
      expect(code).toBe(0);
    }
  });

  it('names each of its commands and, of init, each of its options', async () => {
    const [all, init] = await Promise.all([say('help'), say('init', '--help')]);

    for (const name of [...NAMES, 'playground']) expect(all.out).toMatch(new RegExp(`^fairlead ${name}\\b`, 'mu'));
    for (const option of [
      'team',
      'url',
      'staging-host',
      'staging-channel',
      'prod-host',
      'prod-channel',
      'oncall',
      'force',
    ])
      expect(init.out).toContain(`--${option}`);
  });

  it('says that the trusted root could not be fetched, and what is used without it', async () => {
    const { code, out } = await cli(['trusted-root'], { HTTPS_PROXY: 'http://127.0.0.1:9' }, '/');

    expect(out).toMatch(/could not be fetched from tuf-repo-cdn\.sigstore\.dev/u);
    expect(code).toBe(1);
  });

  it.each([
    [['chekc'], /Did you mean "fairlead check"\?/u],
    [['ps', '-a'], /fairlead run '\/ps -a' --as <user> --in <channel>/u],
    [['help', 'nope'], /there is no "nope"/u],
    [['start', '--port', '80'], /Unknown option '--port'/u],
    [['run', '--nope'], /--nope/u],
  ])('says what is wrong with %j, and how it is right', async (args, words) => {
    const { code, out } = await say(...args);

    expect(out).toMatch(words);
    expect(out).toMatch(/^fairlead (?:help|run|start)/mu);
    expect(code).toBe(2);
  });
});
