import type { Asked, Content } from './v2.ts';

/*
 * `GET /service/rest/v1/search` of Nexus Repository 3, after sonatype/nexus-public aec50e4 (3.77.0), SearchResource: components of
 * the format docker, one for each tag, with a `continuationToken` until it is null.
 */

export interface NexusCatalogue {
  /** Components on a page. */
  readonly page?: number;
  /** Every page has a next one. */
  readonly isEndless?: boolean;
  /** The repository behind a connector, whose images are addressed by their name alone; none with routing by path. */
  readonly connector?: string;
}

/** Answers a search. */
export function answerNexusSearch({ url, respond }: Asked, content: Content, catalogue: NexusCatalogue) {
  const { page = 3, isEndless = false, connector } = catalogue;
  const known = ['format', 'name', 'repository', 'continuationToken'];
  const unknown = [...url.searchParams.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined || url.searchParams.get('format') !== 'docker') return respond(400, { errors: [] });
  const pattern = (url.searchParams.get('name') ?? '*').replaceAll('.', '\\.').replaceAll('*', '.*');
  const all = [...content].flatMap(([path, { tags }]) => {
    const [repository = '', ...rest] = connector === undefined ? path.split('/') : [connector, path];
    const name = rest.join('/');
    if (!new RegExp(`^${pattern}$`, 'u').test(name)) return [];
    return [...tags.keys()].map((version) => ({
      id: `${path}:${version}`,
      repository,
      format: 'docker',
      name,
      version,
    }));
  });
  const token = url.searchParams.get('continuationToken');
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(from)) return respond(406, '');
  const items = isEndless ? all.slice(0, page) : all.slice(from, from + page);
  const isLast = !isEndless && from + page >= all.length;
  const continuationToken = isLast ? null : Buffer.from(String(from + page)).toString('base64url');
  return respond(200, { items, continuationToken });
}
