import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOT_USER, CHANNELS, type LocalSlack, type SlackOptions, startSlack } from '../../playground/server/index.ts';
import { checkRegistries } from '../../src/cli/check/registries.ts';
import { checkSlack } from '../../src/cli/check/slack.ts';
import { type Config, loadEnvironment, parseConfig } from '../../src/config.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { fakeEngine } from '../docker/fake-engine.ts';
import { configWith } from '../registry/server.ts';
import { startHarbor } from '../registry/servers/harbor.ts';
import { RECORD_KEY } from '../store/keys.ts';
import { cli } from './cli.ts';

const yaml = (socket: string) => `
slack: { team: T0FAIRLEAD }
hosts: { web-1: { url: "unix://${socket}" } }
groups: { oncall: { usergroup: S0ONCALL }, developers: { people: [U0DEV1] } }
channels:
  C0STAGING: { name: staging }
  C0RANDOM: { name: random }
  C0HIDDEN: {}
  C0TYPO1: {}
`;
const HIDDEN = { id: 'C0HIDDEN', name: 'hidden', members: ['U0DEV1', BOT_USER], private: true };
const NEEDED = ['commands', 'chat:write', 'app_mentions:read', 'usergroups:read', 'channels:read', 'groups:read'];

let slack: LocalSlack | undefined;
afterEach(() => slack?.stop());

/** What is found, one line each, as the command prints it. */
async function found(options: SlackOptions = {}, env: Record<string, string | undefined> = {}): Promise<string[]> {
  slack ??= await startSlack({ channels: [...CHANNELS, HIDDEN], ...options });
  const all = {
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
    ...env,
  };
  const findings = await checkSlack(parseConfig(yaml('/x.sock'), 'test.yml', {}), loadEnvironment(all));
  return findings.map(({ level, what, fix }) => `${level} ${what}${fix === undefined ? '' : ` → ${fix}`}`);
}

describe('check, on Slack', () => {
  beforeEach(() => {
    slack = undefined;
  });

  it('says what is well, and for each channel and group what to do when it is not', async () => {
    const lines = await found();

    expect(lines).toEqual([
      'ok slack: workspace T0FAIRLEAD as fairlead',
      'ok slack: scopes',
      'ok channel C0STAGING (staging): the bot is in it',
      expect.stringMatching(
        /^fail channel C0RANDOM \(random\): the bot is not in it.* → Type \/invite @fairlead there/u,
      ),
      'ok channel C0HIDDEN: the bot is in it',
      expect.stringMatching(/^fail channel C0TYPO1: Slack does not show it.* → A private one: .*channels\.C0TYPO1/u),
      'ok group oncall: the user group S0ONCALL has 1 member',
      'ok slack: Socket Mode can be opened',
    ]);
  });

  it('names each missing scope and what to click, and says once that membership is not known', async () => {
    const lines = await found({ scopes: ['commands', 'chat:write'] });

    expect(lines.filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/app_mentions:read is missing \(commands in threads\) → Add it under OAuth & Permissions/u),
      expect.stringMatching(
        /group oncall.* cannot be read → The scope usergroups:read: add it under.*groups\.oncall\.people/u,
      ),
    ]);
    expect(lines.filter((line) => line.startsWith('note'))).toEqual([
      expect.stringContaining('without the scope files:write, long logs are cut'),
      expect.stringContaining('without the scope files:read, shared Dockerfiles cannot be read'),
      expect.stringMatching(/without the scope channels:read, .*public channels.*home tabs.* → To have it, add it/u),
      expect.stringMatching(/without the scope groups:read, .*private channels.*home tabs/u),
    ]);
  });

  it.each([
    ['files:write', ['note slack: without the scope files:write, long logs are cut']],
    ['files:read', ['note slack: without the scope files:read, shared Dockerfiles cannot be read']],
    ['channels:read', ['note slack: without the scope channels:read, whether the bot is in its public channels']],
    ['groups:read', ['note slack: without the scope groups:read, whether the bot is in its private channels']],
    ['usergroups:read', ['fail group oncall: the user group S0ONCALL cannot be read']],
    ['app_mentions:read', ['fail slack: the scope app_mentions:read is missing']],
  ])('without the scope %s alone, what that costs is said, and nothing else', async (scope, expected) => {
    const all = [...NEEDED, 'files:write', 'files:read'];
    const complete = await found({ scopes: all });
    await slack?.stop();
    slack = undefined;

    const lines = await found({ scopes: all.filter((one) => one !== scope) });

    const more = lines.filter((line) => !complete.includes(line));
    expect(more).toEqual(expected.map((text) => expect.stringContaining(text)));
  });

  it.each([
    ['auth.test', 'invalid_auth', /^fail slack: auth.test: invalid_auth → Copy the Bot User OAuth Token/u],
    ['auth.test', 'ratelimited', /^fail slack: auth.test: ratelimited → Slack limits/u],
    [
      'usergroups.users.list',
      'plan_upgrade_required',
      /plan has no user groups → List the people under groups.oncall/u,
    ],
    ['usergroups.users.list', 'no_such_subteam', /S0ONCALL does not exist → Copy the id again/u],
    ['apps.connections.open', 'missing_scope', /^fail slack: Socket Mode: missing_scope → .*connections:write/u],
    ['apps.connections.open', 'access_denied', /Turn it on under the app's Socket Mode page/u],
    ['conversations.info', 'internal_error', /^fail channel .*: internal_error → Check that this machine/u],
  ])('when %s says %s', async (method, error, expected) => {
    slack = await startSlack({ scopes: [...NEEDED, 'files:write'], channels: [...CHANNELS, HIDDEN] });
    slack.faults.next({ method, error });

    expect((await found()).some((line) => expected.test(line))).toBe(true);
  });

  it('an empty group, another workspace, and a missing token', async () => {
    slack = await startSlack();
    slack.setUserGroup('S0ONCALL', []);
    expect(await found()).toContainEqual(expect.stringMatching(/^note group oncall.* has no members/u));
    expect(await found({}, { SLACK_BOT_TOKEN: undefined })).toContainEqual(
      expect.stringMatching(/SLACK_BOT_TOKEN is not set → Install the app/u),
    );
    expect(await found({}, { SLACK_APP_TOKEN: undefined })).toContainEqual(
      expect.stringContaining('neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set'),
    );
  });
});

describe('check, on registries', () => {
  const depsOf = (config: Config) => ({
    config,
    registries: createRegistries(config),
    now: Date.now,
    redact: (said: string) => said,
  });
  const judged = async (handler: RequestListener, password = 'right') => {
    const server = createServer(handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const text = `${yaml('/x.sock')}registries: { "${host}": { username: robot, password: "\${P}" } }`;
      const config = parseConfig(text, 'test.yml', { P: password });
      const [finding] = await checkRegistries(depsOf(config));
      return `${finding?.level} ${finding?.what} ${finding?.fix ?? ''}`;
    } finally {
      server.close();
    }
  };
  // As Harbor and Docker Hub do: the registry itself takes only tokens, and somebody else gives them for the account.
  const tokens: RequestListener = ({ url = '', headers }, response) => {
    const basic = `Basic ${Buffer.from('robot:right').toString('base64')}`;
    if (url.startsWith('/token'))
      return void response.writeHead(headers.authorization === basic ? 200 : 401).end('{"token":"t1"}');
    if (headers.authorization === 'Bearer t1') return void response.end('{}');
    const realm = `Bearer realm="http://${headers.host}/token",service="harbor"`;
    response.writeHead(401, { 'www-authenticate': realm }).end();
  };

  it('of one that gives out tokens, asks for one', async () => {
    expect(await judged(tokens)).toMatch(/^ok registry .*: account accepted/u);
    expect(await judged(tokens, 'wrong')).toMatch(/^fail registry .*: refuses the account \(401\) Check username/u);
  });

  it.each([
    [
      'http://other.invalid/token?access_token=t0psecret',
      /asks for the account at http:\/\/other\.invalid, .* tokenServer: http:\/\/other\.invalid under/u,
    ],
    ['http://robot:t0psecret@other.invalid/', /asks for the account at http:\/\/other\.invalid,/u],
    [
      '/token?access_token=t0psecret',
      /asks for the account at an address without a server, .* Is that the address of a registry\?/u,
    ],
  ])('of one that sends to %s for tokens, shows that server only', async (realm, expected) => {
    const said = await judged((_, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
    });
    expect(said).toMatch(expected);
    expect(said).not.toContain('t0psecret');
  });

  it('of one that answers, says what will fail soon', async () => {
    await using harbor = await startHarbor({
      robots: [{ name: 'robot$read', expires_at: Math.floor(Date.now() / 1000) + 86_400 }],
    });
    const own = { username: 'robot$read', password: 'read-secret', push: { username: 'x', password: 'wrong' } };

    const found = await checkRegistries(depsOf(configWith({ [harbor.host]: own })));

    expect(found.map(({ level }) => level)).toEqual(['ok', 'warn', 'warn']);
    expect(found[1]?.what).toMatch(/for pushing/u);
    expect(found[2]?.what).toMatch(/robot account .* ends in/u);
  });

  it('of what is no registry, says so', async () => {
    expect(await judged((_, response) => void response.writeHead(404).end())).toMatch(
      /answered 404 Is that the address/u,
    );
  });
});

describe('the commands as built', () => {
  it('check tests everything, and its exit code says whether something needs attention', async () => {
    slack = await startSlack({ channels: [...CHANNELS, HIDDEN] });
    await using engine = await fakeEngine({});
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-check-'));
    try {
      writeFileSync(join(folder, 'fairlead.yml'), yaml(engine.socketPath));
      const env = {
        FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
        DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
        SLACK_API_URL: slack.apiUrl,
        SLACK_BOT_TOKEN: slack.tokens.bot,
        SLACK_APP_TOKEN: slack.tokens.app,
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
      };

      const { code, out } = await cli(['check'], env, folder);

      expect(out).toContain('ok    host web-1: Docker 24.0.0');
      expect(out).toContain(`fairlead.db (SQLite ${process.versions['sqlite']}), 0 audit records in order`);
      expect(out).toContain('FAIL  channel C0RANDOM (random)');
      expect(out).toContain('2 of 15 need attention. 4 warnings.');
      expect(code).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('say nothing of what the libraries in them do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-check-'));
    try {
      writeFileSync(join(folder, 'fairlead.yml'), yaml('').replace('"unix://"', '"tcp://127.0.0.1:1", insecure: true'));
      const env = {
        FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
        DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
      };

      const { out } = await cli(['check'], env, folder);

      expect(out).toContain('FAIL  host web-1: Not reachable');
      expect(out).not.toMatch(/^\(/mu);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('check shows no line of the Slack library, which hides no secret', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-check-'));
    try {
      writeFileSync(join(folder, 'fairlead.yml'), yaml('/nowhere/engine.sock'));
      const env = {
        FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
        DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
        SLACK_API_URL: 'http://bot:pw-of-the-proxy@127.0.0.1:9/api/',
        SLACK_BOT_TOKEN: 'xoxb-1-2-abc',
        SLACK_APP_TOKEN: 'xapp-1-A-1-abc',
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
      };

      const { out } = await cli(['check'], env, folder);

      expect(out).toContain('FAIL  slack: auth.test: ');
      expect(out).not.toContain('[WARN]');
      expect(out).not.toContain('pw-of-the-proxy');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
