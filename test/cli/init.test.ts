import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startSlack } from '../../playground/server/index.ts';
import { loadConfig } from '../../src/config.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { atTerminal, cli } from './cli.ts';

const STAGING = ['--staging-host', 'staging-1=unix:///var/run/docker.sock', '--staging-channel', 'C0STAGING'];
const PROD = ['--prod-host', 'web-1=ssh://deploy@10.0.0.12', '--prod-channel', 'C0PROD', '--oncall', 'S0ONCALL,U0OPS1'];
const TEAM = ['--team', 'T0FAIRLEAD'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const init = (...args: string[]) => cli(['init', ...args], {}, folder);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const config = () => loadConfig(join(folder, 'fairlead.yml'), { REGISTRY_PASSWORD: 'x' });

describe('init with flags', () => {
  it('writes a config with the least that is needed, secrets for their owner only, and the link that makes the app', async () => {
    const { code, out } = await init(...TEAM, ...STAGING, ...PROD, '--registry', 'harbor.example.com=robot$fairlead');

    expect(code).toBe(0);
    const { hosts, channels, groups, roles, approvals, images, registries } = config();
    expect([...hosts.keys()]).toEqual(['staging-1', 'web-1']);
    expect(hosts.get('web-1')).toMatchObject({ knownHosts: 'certs/known_hosts', labels: { env: 'prod' } });
    expect(groups.get('oncall')).toMatchObject({ usergroup: 'S0ONCALL', people: ['U0OPS1'] });
    expect(registries.get('harbor.example.com')?.username).toBe('robot$fairlead');
    expect(images.allow).toEqual(['harbor.example.com/**']);
    const open = channels.get('C0PROD')?.grants.filter(({ to }) => to === undefined) ?? [];
    expect(open.flatMap(({ role }) => [...(roles.get(role) ?? [])])).not.toContain('prune');
    expect(approvals[0]).toMatchObject({ commands: ['deploy', 'rollback', 'prune'], from: ['oncall'], self: false });
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(read('.env')).toMatch(/^FAIRLEAD_RECORD_KEY=[0-9a-f]{64}$/mu);
    expect(read('.env').match(/^\w+=$/gmu)).toEqual(['SLACK_BOT_TOKEN=', 'SLACK_APP_TOKEN=', 'REGISTRY_PASSWORD=']);
    const link = new URL(/https:\/\/api\.slack\.com\/apps\?\S+/u.exec(out)?.[0] ?? '');
    expect(link.searchParams.get('new_app')).toBe('1');
    expect(link.searchParams.get('manifest_yaml')).toBe(read('manifest.yml'));
    expect(out).toContain('certs/known_hosts');
    expect(out).toContain('/invite @fairlead in C0STAGING and in C0PROD');
  });

  it('for signed HTTP, asks for the signing secret and has the address in the manifest', async () => {
    await init(...TEAM, ...STAGING, '--url', 'https://bot.example.com');

    const { settings } = parse(read('manifest.yml')) as { settings: Record<string, unknown> };
    expect(settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: 'https://bot.example.com/slack/events' },
    });
    expect(read('.env')).toContain('SLACK_SIGNING_SECRET=\n');
    expect(config().approvals).toEqual([]);
  });

  it('without a terminal, says each flag that is missing, with an example, and writes nothing', async () => {
    const { code, out } = await init('--prod-host', 'web-1=unix:///x.sock');

    expect(code).toBe(1);
    expect(out.match(/^ {2}--\S+/gmu)).toEqual(['  --team', '  --prod-channel', '  --oncall']);
    expect((await init(...TEAM)).out).toContain('One of --staging-host and --prod-host is enough.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [['--staging-host', 'Web 1=unix:///x'], '--staging-host: "Web" must be name=address'],
    [['--staging-host', 'web-1=http://x'], 'must be unix:///path, tcp://host:port or ssh://user@host'],
    [['--staging-channel', '#staging'], '--staging-channel: "#staging" must be a channel id'],
    [['--team', 'acme'], '--team: "acme" must be a workspace id'],
    [['--url', 'http://bot.example.com'], '--url: "http://bot.example.com" must be an https address'],
    [['--registry', 'harbor'], '--registry: "harbor" must be host=username'],
    [[...PROD, '--oncall', 'oli'], '--oncall: "oli" must be a person id'],
    [[...PROD, '--prod-channel', 'C0STAGING'], 'need a channel each'],
    [[...PROD, '--prod-host', 'staging-1=unix:///x'], 'two hosts "staging-1"'],
  ])('of %j says what is wrong and writes nothing', async (wrong, words) => {
    const { code, out } = await init(...TEAM, ...STAGING, ...wrong);

    expect(out).toContain(words);
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('overwrites nothing without --force, and never what .env has', async () => {
    writeFileSync(join(folder, 'fairlead.yml'), 'mine\n');
    writeFileSync(join(folder, '.env'), 'SLACK_BOT_TOKEN=xoxb-mine\nOTHER=1');

    const { code, out } = await init(...TEAM, ...STAGING);
    expect(out).toContain('Nothing was written: fairlead.yml is here already.');
    expect([code, read('fairlead.yml'), existsSync(join(folder, 'manifest.yml'))]).toEqual([1, 'mine\n', false]);

    expect((await init(...TEAM, ...STAGING, '--force')).code).toBe(0);
    expect(config().slack.team).toBe('T0FAIRLEAD');
    expect(read('.env')).toMatch(
      /^SLACK_BOT_TOKEN=xoxb-mine\nOTHER=1\n# .*\nSLACK_APP_TOKEN=\n# .*\nFAIRLEAD_RECORD_KEY=\w{64}\n$/u,
    );
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  });

  it('writes all or nothing', async () => {
    mkdirSync(join(folder, '.env'));

    expect((await init(...TEAM, ...STAGING)).out).toContain('Nothing was written: EISDIR');
    expect(readdirSync(folder)).toEqual(['.env']);
  });
});

describe.skipIf(process.platform !== 'linux')('init at a terminal', () => {
  it('asks what was not given, again when it is not understood, and before it overwrites', async () => {
    writeFileSync(join(folder, 'manifest.yml'), 'mine\n');
    const answers = ['acme', 'T0FAIRLEAD', '', 'staging-1=unix:///var/run/docker.sock', '', '', 'y'];
    const { code, out } = await atTerminal(['init', '--staging-channel', 'C0STAGING'], folder, answers);

    expect(out).toContain('"acme" must be a workspace id like T0123ABCD.');
    expect(out).toContain('manifest.yml would be overwritten.');
    expect(code).toBe(0);
    expect([...config().channels.keys()]).toEqual(['C0STAGING']);
    expect(read('manifest.yml')).toContain('socket_mode_enabled: true');
  });

  it('writes nothing when the answer is no', async () => {
    writeFileSync(join(folder, 'fairlead.yml'), 'mine\n');
    const { code, out } = await atTerminal(['init', ...TEAM, ...STAGING], folder, ['', '', '', 'n']);

    expect(out).toContain('Nothing was written');
    expect([code, readdirSync(folder)]).toEqual([1, ['fairlead.yml']]);
  });
});

describeWithEngine('from nothing to the first answer', () => {
  it('init, check and start, against a Slack as strict as the real one', async () => {
    const { sockets, registry } = bed();
    await using slack = Object.assign(await startSlack(), {
      [Symbol.asyncDispose]: () => slack.stop(),
    });
    const [socket = '', other = ''] = sockets;
    await using shop = await container(socket, { name: uniqueName('first'), cmd: ['sleep', '300'] });
    const { code, out } = await init(
      ...TEAM,
      ...['--staging-host', `staging-1=unix://${socket}`, '--staging-channel', 'C0STAGING'],
      ...['--prod-host', `web-1=unix://${other}`, '--prod-channel', 'C0PROD', '--oncall', 'S0ONCALL'],
      ...['--registry', `${registry.host}=${registry.username}`],
    );
    expect({ code, out }).toMatchObject({ code: 0 });
    const env = { SLACK_API_URL: slack.apiUrl };

    // What a person does next: the tokens go into .env.
    const before = await cli(['check'], env, folder);
    expect(before.out).toContain('REGISTRY_PASSWORD');
    expect(before.code).toBe(1);
    const filled = read('.env')
      .replace('BOT_TOKEN=', `BOT_TOKEN=${slack.tokens.bot}`)
      .replace('APP_TOKEN=', `APP_TOKEN=${slack.tokens.app}`)
      .replace('REGISTRY_PASSWORD=', `REGISTRY_PASSWORD=${registry.password}`);
    writeFileSync(join(folder, '.env'), filled);
    const after = await cli(['check'], env, folder);
    expect(after.out).toContain('All is well.');

    const child = spawn(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'start'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    try {
      await slack.connected();
      await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps' });
      await slack.waitFor((message) => JSON.stringify(message.blocks).includes(shop.name), { as: 'U0DEV1' });
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
});

it('manifest --url takes what init takes, and no other address', async () => {
  const said = async (url: string) => cli(['manifest', '--url', url], {}, process.cwd());
  expect((await said('https://bot.example.com')).out).toContain('https://bot.example.com/slack/events');
  for (const url of ['http://bot.example.com/slack/events', 'bot.example.com', 'https://bot.example.com/other'])
    expect(await said(url)).toMatchObject({ code: 1, out: expect.stringContaining(url) });
});
