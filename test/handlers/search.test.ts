import { describe, expect, it } from 'vitest';
import type { Refused } from '../../src/handlers/answer.ts';
import { json } from '../docker/fake-engine.ts';
import { serve } from '../registry/server.ts';
import { HARBOR_ACCOUNTS, startHarbor } from '../registry/servers/harbor.ts';
import { HUB_ACCOUNTS, startHub } from '../registry/servers/hub.ts';
import { NEXUS_ACCOUNTS, startNexus } from '../registry/servers/nexus.ts';
import { addImage, type Content } from '../registry/servers/v2.ts';
import { finding } from './find.ts';

const ROBOT = { username: 'robot$read', password: HARBOR_ACCOUNTS['robot$read'] };
const READER = { username: 'reader', password: NEXUS_ACCOUNTS['reader'] };
const hub = (name: string, stars: number, official = false, description = `About ${name}`) => ({
  name,
  star_count: stars,
  is_official: official,
  is_automated: false,
  description,
});
const contentOf = (...paths: string[]): Content => {
  const content: Content = new Map();
  for (const path of paths) addImage(content, path, ['1.0.0', '1.1.0']);
  return content;
};
const names = ({ rows }: { readonly rows: readonly { readonly name: string }[] }) => rows.map(({ name }) => name);
const only = (registry: string) => `--registry ${registry}`;

describe('a search of Docker Hub', () => {
  const found = json([
    hub('bitnami/nginx', 201),
    hub('nginx', 20_938, true, 'Official build of Nginx.'),
    hub('Not A Name', 9),
    hub('evil.example.com:5000/nginx', 3),
  ]);

  it('is the engine’s own, most stars first, with what the config does not allow marked', async () => {
    await using at = await finding({ one: { search: found } }, { images: { allow: ['docker.io/library/*'] } });

    const { rows, searched, notSearched } = await at.search('nginx --limit 4 -f stars=10 -f is-official=0');
    expect(names({ rows })).toEqual(['bitnami/nginx']);
    expect(searched).toEqual(['docker.io']);
    expect(notSearched).toEqual([]);
    const asked = at.asked().find((line) => line.includes('/images/search')) ?? '';
    expect(Object.fromEntries(new URL(asked.slice(4), 'http://x').searchParams)).toEqual({
      term: 'nginx',
      limit: '4',
      filters: '{"stars":["10"],"is-official":["0"]}',
    });

    expect((await at.search('nginx')).rows).toMatchObject([
      { name: 'nginx', stars: 20_938, isOfficial: true, isAllowed: true, description: 'Official build of Nginx.' },
      { name: 'bitnami/nginx', stars: 201, isOfficial: false, isAllowed: false },
    ]);
  });

  it('goes on at the next host when the first cannot reach it', async () => {
    await using at = await finding({ one: {}, two: { search: found } }, {});

    expect(names(await at.search('nginx'))).toEqual(['nginx', 'bitnami/nginx']);
  });

  it('never makes an engine connect to what looks like an address in the term', async () => {
    await using at = await finding({ one: { search: found } }, {});

    for (const term of ['10.0.0.7:80/x', 'localhost/x', 'docker.io/internal.corp:80/x'])
      await at.desk.say(`/dock search ${term}`);

    expect(at.asked().filter((line) => line.includes('/images/search'))).toEqual([]);
  });

  it('shows strangers’ words without their tricks and without what looks like a secret', async () => {
    const words = 'Great\u202e image\u0007 AKIAIOSFODNN7EXAMPLE\n'.padEnd(5000, 'x');
    await using at = await finding({ one: { search: json([hub('nginx', 1, true, words)]) } }, {});

    const [row] = (await at.search('nginx')).rows;
    expect(row?.description.length).toBeLessThanOrEqual(300);
    expect(row?.description).not.toMatch(/[\u0000-\u001f\u202e]|AKIAIOSFODNN7EXAMPLE/u);
  });
});

describe('a search of the config’s registries', () => {
  it('names what could not be searched, with its cause, and gives the others', async () => {
    await using harbor = await startHarbor({ content: contentOf('devops/shop') });
    const { host: gone, ...closing } = await serve(() => {});
    await closing[Symbol.asyncDispose]();
    const config = { registries: { [harbor.host]: ROBOT, [gone]: {} } };
    await using at = await finding({ one: { search: json([hub('shop', 1)]) } }, config);

    const result = await at.search('shop');
    expect(names(result)).toEqual([`${harbor.host}/devops/shop`, 'shop']);
    expect(result.searched).toEqual([harbor.host, 'docker.io']);
    expect(result.notSearched).toMatchObject([{ registry: gone, cause: expect.stringMatching(/refused/u) }]);
  });

  it('gives what there is while a registry stays silent, and names that one', async () => {
    await using harbor = await startHarbor({ content: contentOf('devops/shop') });
    await using silent = await serve(() => {});
    const registries = { [harbor.host]: ROBOT, [silent.host]: { kind: 'distribution' } };
    await using at = await finding({ one: { search: json([]) } }, { registries });

    const last = await at.search('shop');
    const [early = '', ...more] = at.desk.early.map((reply) => JSON.stringify(reply));
    expect(more).toEqual([]);
    expect(early).toContain(`${harbor.host}/devops/shop`);
    expect(early).toContain(`${silent.host} has not answered yet`);
    expect(last.searched).toEqual([harbor.host, 'docker.io']);
    expect(last.notSearched).toMatchObject([{ registry: silent.host, cause: expect.stringMatching(/in time/u) }]);
  }, 20_000);

  it('takes only registries that the config names, and the nearest for a misspelt one', async () => {
    await using at = await finding({ one: {} }, { registries: { 'harbor.example.com': {} } });

    const answer = (await at.desk.say('/dock search shop --registry harbor.exmaple.com')) as Refused;
    expect(answer).toMatchObject({ kind: 'refused', reason: 'not_found' });
    expect(answer.choices).toMatchObject([{ line: 'search shop --registry harbor.example.com' }]);
  });

  it('leaves out registries without stars where those are asked for', async () => {
    await using harbor = await startHarbor({ content: contentOf('devops/nginx') });
    const config = { registries: { [harbor.host]: ROBOT } };
    await using at = await finding({ one: { search: json([hub('nginx', 1, true)]) } }, config);

    expect((await at.search('nginx --filter is-official=true')).searched).toEqual(['docker.io']);
    expect(harbor.calls).toEqual([]);
  });
});

describe('Harbor', () => {
  it('gives what the account may see, with descriptions, the nearest name first', async () => {
    const content = contentOf('devops/web-shop', 'devops/shop-admin', 'devops/a/b/shop', 'devops/other');
    const facts = { 'devops/a/b/shop': { description: 'The shop' } };
    await using harbor = await startHarbor({ content, catalogue: { facts } });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: ROBOT } });

    const { rows } = await at.search(`shop ${only(harbor.host)}`);
    expect(
      rows.map(({ name, description, stars }) => [name.replace(`${harbor.host}/`, ''), description, stars]),
    ).toEqual([
      ['devops/a/b/shop', 'The shop', undefined],
      ['devops/shop-admin', '', undefined],
      ['devops/web-shop', '', undefined],
    ]);
  });

  it('gives names where descriptions are refused or their next page is elsewhere, and only public ones without an account', async () => {
    const content = contentOf(...Array.from({ length: 120 }, (_, index) => `open/shop-${index}`), 'closed/shop');
    await using other = await serve((_, response) => response.end('[]'));
    const catalogue = { leadsTo: `http://${other.host}` };
    await using harbor = await startHarbor({ content, publicProjects: ['open'], catalogue });
    await using at = await finding({ one: {} }, { registries: { [harbor.host]: {} } });

    const result = await at.search(`shop ${only(harbor.host)} --limit 100`);
    expect(result.total).toBe(100);
    expect(result.cut).toEqual([harbor.host]);
    expect(names(result).join()).not.toContain('closed');
  });

  it('that answers pages of a proxy, or refuses the robot, is said so', async () => {
    await using page = await startHarbor({ faults: { isPage: true } });
    await using expired = await startHarbor({ faults: { expired: ['robot$read'] } });
    const registries = { [page.host]: { ...ROBOT, kind: 'harbor' }, [expired.host]: { ...ROBOT, kind: 'harbor' } };
    await using at = await finding({ one: {} }, { registries });

    const { notSearched } = await at.search('shop');
    expect(notSearched.find(({ registry }) => registry === page.host)?.cause).toMatch(/HTTP 502/u);
    expect(notSearched.find(({ registry }) => registry === expired.host)?.cause).toMatch(/account/u);
  });
});

describe('Nexus', () => {
  it('gives each image once, from all pages, with its repository before it where it is addressed by path', async () => {
    const content = contentOf('docker-hosted/shop', 'docker-hosted/team/shop-web', 'docker-hosted/other');
    await using nexus = await startNexus({ content });
    await using at = await finding({ one: {} }, { registries: { [nexus.host]: READER } });

    expect(names(await at.search(`shop ${only(nexus.host)}`))).toEqual([
      `${nexus.host}/docker-hosted/shop`,
      `${nexus.host}/docker-hosted/team/shop-web`,
    ]);
  });

  it('gives names alone behind a connector', async () => {
    const content = contentOf('shop', 'team/shop-web');
    await using nexus = await startNexus({ content, catalogue: { connector: 'docker-hosted' } });
    await using at = await finding({ one: {} }, { registries: { [nexus.host]: READER } });

    expect(names(await at.search(`shop ${only(nexus.host)}`))).toEqual([
      `${nexus.host}/shop`,
      `${nexus.host}/team/shop-web`,
    ]);
  });

  it('whose pages never end is left, and it is said that there is more', async () => {
    await using nexus = await startNexus({ content: contentOf('docker-hosted/shop'), catalogue: { isEndless: true } });
    await using at = await finding({ one: {} }, { registries: { [nexus.host]: READER } });

    const result = await at.search(`shop ${only(nexus.host)}`);
    expect(names(result)).toEqual([`${nexus.host}/docker-hosted/shop`]);
    expect(result.cut).toEqual([nexus.host]);
    expect(nexus.calls.filter((call) => call.endsWith('/search')).length).toBeLessThanOrEqual(20);
  });
});

describe('a registry with a catalogue alone', () => {
  const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };
  const catalogue = (answer: (at: number) => { readonly body: object; readonly link?: string }, status = 200) =>
    serve(({ url = '' }, response) => {
      if (!url.startsWith('/v2/_catalog')) return response.writeHead(url === '/v2/' ? 200 : 404, VERSION).end('{}');
      const { body, link } = answer(Number(new URL(url, 'http://x').searchParams.get('at') ?? 0));
      return response
        .writeHead(status, { ...VERSION, ...(link === undefined ? {} : { link }) })
        .end(JSON.stringify(body));
    });

  it('is looked through page by page', async () => {
    await using registry = await catalogue((at) => ({
      body: { repositories: [`team/shop-${at}`, `other-${at}`] },
      ...(at < 4 ? { link: `</v2/_catalog?at=${at + 1}>; rel="next"` } : {}),
    }));
    await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

    const result = await at.search(`shop ${only(registry.host)}`);
    expect(names(result)).toEqual([0, 1, 2, 3, 4].map((index) => `${registry.host}/team/shop-${index}`));
    expect(result.cut).toEqual([]);
  });

  it('whose pages never end, or lead elsewhere, is said to have more', async () => {
    await using endless = await catalogue((at) => ({
      body: { repositories: ['shop'] },
      link: `</v2/_catalog?at=${at + 1}>; rel="next"`,
    }));
    await using away = await catalogue(() => ({
      body: { repositories: ['shop', '../../etc', 'UPPER', 'x'.repeat(300)] },
      link: '<http://127.0.0.1:9/v2/_catalog>; rel="next"',
    }));
    await using at = await finding({ one: {} }, { registries: { [endless.host]: {}, [away.host]: {} } });

    expect(await at.search(`shop ${only(endless.host)}`)).toMatchObject({ total: 1, cut: [endless.host] });
    expect(await at.search(`shop ${only(away.host)}`)).toMatchObject({ total: 1, cut: [away.host] });
  });

  it('that refuses its catalogue is named, with how to list tags all the same', async () => {
    const body = { errors: [{ code: 'DENIED', message: 'not for you' }] };
    await using registry = await catalogue(() => ({ body }), 403);
    await using at = await finding({ one: {} }, { registries: { [registry.host]: {} } });

    const { notSearched } = await at.search(`shop ${only(registry.host)}`);
    expect(notSearched).toMatchObject([{ registry: registry.host, cause: expect.stringContaining('not for you') }]);
    expect(JSON.stringify(notSearched)).toContain(`"command":"tags ${registry.host}/`);
  });
});

describe('Docker Hub’s API', () => {
  it('is asked when no engine can, and its limit is said', async () => {
    const results = [
      { repo_name: 'nginx', short_description: 'Official build', star_count: 9, is_official: true },
      { repo_name: 'bitnami/nginx', short_description: '', star_count: 20, is_official: false },
    ];
    await using open = await startHub({ catalogue: { results } });
    await using limited = await startHub({ catalogue: { results, isLimited: true } });
    const account = { username: 'devops', password: HUB_ACCOUNTS['devops'], kind: 'dockerhub' };
    await using at = await finding({ one: {} }, { registries: { [open.host]: account, [limited.host]: account } });

    expect(names(await at.search(`nginx ${only(open.host)}`))).toEqual([
      `${open.host}/library/nginx`,
      `${open.host}/bitnami/nginx`,
    ]);
    expect((await at.search(`nginx ${only(limited.host)}`)).notSearched[0]?.cause).toMatch(/limit/u);
  });
});
