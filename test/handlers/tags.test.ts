import { describe, expect, it } from 'vitest';
import type { TagsArgs } from '../../src/commands/images/tags.ts';
import { parseConfig } from '../../src/config.ts';
import { parseReference } from '../../src/domain/reference.ts';
import type { Refused } from '../../src/handlers/answer.ts';
import { whyNoTags } from '../../src/handlers/images/find/no-tags.ts';
import type { TagsResult } from '../../src/handlers/images/tags.ts';
import type { Request } from '../../src/handlers/request.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { HARBOR_ACCOUNTS, startHarbor } from '../registry/servers/harbor.ts';
import { hostedAccount, startHosted } from '../registry/servers/hosted.ts';
import { HUB_ACCOUNTS, startHub } from '../registry/servers/hub.ts';
import { addImage, type Content } from '../registry/servers/v2.ts';
import { finding, running, stored } from './find.ts';

const ROBOT = { username: 'robot$read', password: HARBOR_ACCOUNTS['robot$read'] };
const ID = (digit: string) => digit.repeat(64);
const IMAGE = (digit: string) => `sha256:${digit.repeat(64)}`;
const tagsOf = ({ rows }: TagsResult) => rows.map(({ tag }) => tag);
const DAY = 86_400_000;

describe('the tags of a repository', () => {
  it('are versions, newest first, pre-releases and variants marked, and others apart, over pages', async () => {
    const content: Content = new Map();
    const others = ['latest', 'main', '2.4', 'sha-abc123'];
    const versions = Array.from({ length: 11 }, (_, minor) => `1.${minor}.0`);
    addImage(content, 'devops/shop', [...others, ...versions, '2.0.0-rc.1', 'v1.10.1', '1.10.0-alpine']);
    await using harbor = await startHarbor({ content });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: ROBOT } });

    const first = await at.tags(`${harbor.host}/devops/shop`);
    expect(first.rows.map(({ tag, kind, isVariant }) => [tag, isVariant ? 'variant' : kind])).toEqual([
      ['2.0.0-rc.1', 'prerelease'],
      ['v1.10.1', 'release'],
      ['1.10.0', 'release'],
      ['1.10.0-alpine', 'variant'],
      ...['1.9.0', '1.8.0', '1.7.0', '1.6.0', '1.5.0', '1.4.0'].map((tag) => [tag, 'release']),
    ]);
    expect(first).toMatchObject({ newest: 'v1.10.1', counts: { versions: 14, others: 4 }, pages: 2, cut: false });

    const second = await at.tags(`${harbor.host}/devops/shop --page 2`);
    expect(tagsOf(second)).toEqual(['1.3.0', '1.2.0', '1.1.0', '1.0.0', 'sha-abc123', 'main', 'latest', '2.4']);
    // Details are read of the page that is shown, and of no other.
    const artifacts = harbor.calls.filter((call) => call.includes('/artifacts/'));
    expect(artifacts).toHaveLength(18);
  });

  it('are those that match a pattern, or near ones where none does; a typed tag is one', async () => {
    const content: Content = new Map();
    addImage(content, 'devops/shop', ['1.0.0', '1.1.0', '2.0.0', 'latest']);
    await using harbor = await startHarbor({ content });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: ROBOT } });

    expect(tagsOf(await at.tags(`${harbor.host}/devops/shop --filter "1.*"`))).toEqual(['1.1.0', '1.0.0']);
    expect(tagsOf(await at.tags(`${harbor.host}/devops/shop:2.0.0`))).toEqual(['2.0.0']);
    const none = await at.tags(`${harbor.host}/devops/shop -f 1.1.1`);
    expect(none).toMatchObject({ rows: [], nearTags: ['1.1.0', '1.0.0', '2.0.0', 'latest'] });
  });

  it('say which hosts run which, by digest, and where a tag has moved', async () => {
    const content: Content = new Map();
    const old = addImage(content, 'devops/shop', ['1.0.0']);
    const moved = addImage(content, 'devops/shop', ['1.1.0']);
    addImage(content, 'devops/shop', ['1.1.0']);
    await using harbor = await startHarbor({ content });
    const name = `${harbor.host}/devops/shop`;
    const one = {
      containers: [running(ID('a'), `${name}:1.0.0`, IMAGE('1')), running(ID('b'), 'other:1', IMAGE('2'))],
      images: [stored(IMAGE('1'), [`${name}:1.0.0`], [`${name}@${old}`]), stored(IMAGE('2'), ['other:1'], [])],
    };
    const two = {
      containers: [running(ID('c'), IMAGE('3'), IMAGE('3')), running(ID('d'), `${name}:1.0.0`, IMAGE('4'))],
      images: [stored(IMAGE('3'), [], [`${name}@${moved}`]), stored(IMAGE('4'), [`${name}:1.0.0`], [])],
      inspected: { [ID('c')]: rawOf(ID('c'), `${name}:1.1.0`) },
    };
    // A containerd image store has no name for what a moved tag stood for.
    const three = {
      containers: [running(ID('e'), IMAGE('5'), IMAGE('5')), running(ID('f'), IMAGE('6'), IMAGE('6'))],
      images: [stored(IMAGE('5'), [], [])],
      inspected: { [ID('e')]: rawOf(ID('e'), `${name}:1.0.0`), [ID('f')]: rawOf(ID('f'), 'other:1') },
    };
    await using at = await finding({ one, two, three }, { registries: { [harbor.host]: ROBOT } });

    const { rows } = await at.tags(name);
    expect(rows.map(({ tag, runs }) => [tag, runs.map(({ host, state }) => `${host} ${state}`)])).toEqual([
      ['1.1.0', ['two moved']],
      ['1.0.0', ['one same', 'two unknown', 'three moved']],
    ]);
  });

  it('stand for the image of a service, with a button to deploy only for those who may', async () => {
    const content: Content = new Map();
    addImage(content, 'devops/shop', ['1.0.0']);
    await using harbor = await startHarbor({ content });
    const image = `${harbor.host}/devops/shop`;
    const more = {
      registries: { [harbor.host]: ROBOT },
      images: { allow: [`${harbor.host}/**`] },
      services: { shop: { image, hosts: 'one', container: { name: 'shop' } } },
    };
    await using at = await finding({ one: {} }, more);
    expect((await at.tags('shop')).may).toEqual({
      deploy: { service: 'shop', hosts: ['one'] },
      pull: true,
      scan: false,
    });

    const viewer = { roles: { operator: { commands: ['tags'] } } };
    await using seen = await finding({ one: {} }, { ...more, ...viewer });
    expect((await seen.tags('shop')).may).toEqual({ deploy: undefined, pull: false, scan: false });

    await using closed = await finding({ one: {} }, { ...more, images: { allow: ['docker.io/**'] } });
    expect(await closed.tags('shop')).toMatchObject({ isAllowed: false, may: { deploy: undefined, pull: false } });
  });
});

describe('the details of a tag', () => {
  it('are Harbor’s own: when it was pushed, platforms, signature, scan, of repositories with slashes too', async () => {
    const content: Content = new Map();
    const digest = addImage(content, '42/team/shop/web', ['1.0.0']);
    const facts = {
      '42/team/shop/web': {
        pushed: '2026-11-25T00:00:00Z',
        platforms: [
          { os: 'linux', architecture: 'amd64' },
          { os: 'linux', architecture: 'arm64', variant: 'v8' },
          { os: 'unknown', architecture: 'unknown' },
        ],
        accessories: ['sbom.harbor', 'signature.cosign'],
        scan: { status: 'Success', counts: { Low: 9, Critical: 1, High: 3 } },
      },
    };
    await using harbor = await startHarbor({ content, catalogue: { facts } });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: ROBOT } });

    const [row] = (await at.tags(`${harbor.host}/42/team/shop/web`)).rows;
    expect(row?.detail).toEqual({
      digest,
      date: { at: Date.parse('2026-11-25T00:00:00Z'), of: 'pushed' },
      bytes: 48_200_000,
      sizeOf: undefined,
      platforms: ['linux/amd64', 'linux/arm64/v8'],
      signature: 'present',
      scan: {
        status: 'success',
        counts: [
          { severity: 'critical', count: 1 },
          { severity: 'high', count: 3 },
          { severity: 'low', count: 9 },
        ],
      },
    });
  });

  it('are those of the manifest where a robot may not use Harbor’s API', async () => {
    const content: Content = new Map();
    const digest = addImage(content, 'devops/shop', ['1.0.0']);
    await using harbor = await startHarbor({ content, catalogue: { isApiForbidden: true } });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: ROBOT } });

    const [row] = (await at.tags(`${harbor.host}/devops/shop`)).rows;
    expect(row?.detail).toMatchObject({
      digest,
      date: { at: Date.parse('2026-11-01T00:00:00Z'), of: 'built' },
      platforms: ['linux/amd64'],
      signature: 'absent',
      scan: undefined,
    });
  });

  it('are Docker Hub’s own, and no manifest is read, which would count as a pull', async () => {
    const content: Content = new Map();
    const digest = addImage(content, 'library/nginx', ['1.27.0']);
    await using hub = await startHub({ content, left: 0 });
    const account = { username: 'devops', password: HUB_ACCOUNTS['devops'], kind: 'dockerhub' };
    await using at = await finding({ one: {} }, { registries: { [hub.host]: account } });

    const [row] = (await at.tags(`${hub.host}/library/nginx`)).rows;
    expect(row?.detail).toMatchObject({
      digest,
      date: { at: Date.parse('2026-11-20T10:00:00Z'), of: 'pushed' },
      bytes: 70_000_000,
      sizeOf: 'linux/amd64',
      platforms: ['linux/arm64/v8', 'linux/amd64'],
    });
    expect(hub.calls.filter((call) => call.startsWith('GET') && call.includes('/manifests/'))).toEqual([]);
  });

  it('are the digest alone where Docker Hub’s API refuses, still without a pull', async () => {
    const content: Content = new Map();
    const digest = addImage(content, 'library/nginx', ['1.27.0']);
    await using hub = await startHub({ content, catalogue: { isLimited: true } });
    await using at = await finding({ one: {} }, { registries: { [hub.host]: { kind: 'dockerhub' } } });

    const [row] = (await at.tags(`${hub.host}/library/nginx`)).rows;
    expect(row?.detail).toMatchObject({ digest, date: undefined, bytes: undefined, platforms: [] });
    expect(hub.calls.filter((call) => call.startsWith('GET') && call.includes('/manifests/'))).toEqual([]);
  });

  it('have the date of Artifact Registry’s list, over its pages', async () => {
    const content: Content = new Map();
    for (const minor of [0, 1, 2, 3, 4]) addImage(content, 'acme/shop', [`1.${minor}.0`]);
    await using registry = await startHosted('artifact-registry', content);
    const account = { ...hostedAccount('artifact-registry'), kind: 'artifact-registry' };
    await using at = await finding({ one: {} }, { registries: { [registry.host]: account } });

    const { rows } = await at.tags(`${registry.host}/acme/shop`);
    expect(rows.map(({ tag, detail }) => [tag, detail?.date])).toEqual(
      [4, 3, 2, 1, 0].map((minor) => [`1.${minor}.0`, { at: 1_790_000_000_000, of: 'pushed' }]),
    );
  });
});

/** An inspection with what is read of it. */
function rawOf(id: string, image: string) {
  return {
    Id: id,
    Name: '/shop',
    Image: IMAGE('3'),
    Created: new Date(DAY).toISOString(),
    State: { Status: 'running', Running: true },
    Config: { Image: image },
    HostConfig: {},
    NetworkSettings: { Networks: {} },
  };
}

describe('a repository that gives no tags', () => {
  it('is said so with the cause, and with the one that was meant where one is known', async () => {
    const content: Content = new Map();
    addImage(content, 'devops/shop', ['1.0.0']);
    await using harbor = await startHarbor({ content });
    const image = `${harbor.host}/devops/shop`;
    const more = {
      registries: { [harbor.host]: ROBOT },
      services: { shop: { image, hosts: 'one', container: { name: 'shop' } } },
    };
    await using at = await finding({ one: {} }, more);

    const near = (await at.desk.say(`/dock tags ${harbor.host}/devops/shpo`)) as Refused;
    expect(near).toMatchObject({ reason: 'not_found', choices: [{ line: `tags ${image}` }] });
    const far = (await at.desk.say(`/dock tags ${harbor.host}/devops/something-else`)) as Refused;
    expect(far).toMatchObject({ reason: 'not_found', choices: [] });
    expect(far.text).toContain('something-else');
  });

  it('that is a misspelt service is said with the service, whatever the registry said', async () => {
    const image = 'harbor.example.com/devops/shop';
    const more = {
      images: { allow: ['harbor.example.com/**'] },
      services: { shop: { image, hosts: 'one', container: { name: 'shop' } } },
    };
    await using at = await finding({ one: {} }, more);

    const repository = parseReference('shpo');
    const asker = { channel: 'C0TEAM', membership: { groups: new Set(), unreadable: new Set() } };
    const request = { args: { repository: 'shpo' }, hosts: ['one'], ...asker } as unknown as Request<TagsArgs>;
    const silent = new RegistryError('docker.io', 'unreachable', { code: 'ENOTFOUND' });
    const { signal } = new AbortController();
    const config = parseConfig(
      JSON.stringify({
        slack: { team: 'T0TEAM' },
        hosts: { one: { url: 'unix:///a' }, two: { url: 'unix:///b' } },
        roles: { reader: { commands: ['tags'] } },
        channels: { C0TEAM: { grants: [{ role: 'reader', hosts: 'one' }] } },
        services: { shop: more.services.shop, shpoo: { image: 'shpoo', hosts: 'two' } },
      }),
      'test.yml',
      {},
    );
    const known = { config, redact: (text: string) => text };
    const deps = known as unknown as Parameters<typeof whyNoTags>[2];
    expect(await whyNoTags(silent, { repository, request }, deps, signal)).toMatchObject({
      reason: 'unreachable',
      message: expect.stringMatching(/shpo.*docker\.io.*shop/u),
      choices: [{ line: 'tags shop' }],
    });
    expect(await at.desk.say('/pull shpo:1.5.0 @one')).toMatchObject({
      reason: 'image_not_allowed',
      choices: [{ label: `${image}:1.5.0`, line: `pull ${image}:1.5.0 @one` }],
    });
  });
});
