import type { SearchResult } from '../../src/handlers/images/search.ts';
import type { TagsResult } from '../../src/handlers/images/tags.ts';
import { type Answer, fakeEngine, json } from '../docker/fake-engine.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

/** What a fake host has: containers and images as an engine lists them, and how it answers a search. */
export interface FakeHost {
  readonly containers?: readonly object[];
  readonly images?: readonly object[];
  readonly search?: Answer;
  readonly inspected?: Readonly<Record<string, object>>;
}

export interface Finding extends AsyncDisposable {
  readonly desk: Desk;
  search(line: string): Promise<SearchResult>;
  tags(line: string): Promise<TagsResult>;
  /** The requests that engines were sent. */
  asked(): string[];
}

const NO_SEARCH = json({ message: 'lookup index.docker.io: no such host' }, 500);

/** Everything but Slack over fake hosts, for `search` and `tags`; `more` of the config. */
export async function finding(hosts: Readonly<Record<string, FakeHost>>, more: object): Promise<Finding> {
  const engines = await Promise.all(
    Object.entries(hosts).map(async ([name, { containers = [], images = [], search = NO_SEARCH, inspected = {} }]) => {
      const details = Object.fromEntries(
        Object.entries(inspected).map(([id, body]) => [`GET /containers/${id}/json`, json(body)]),
      );
      const engine = await fakeEngine({
        'GET /containers/json': json(containers),
        'GET /images/json': json(images),
        'GET /images/search': search,
        ...details,
      });
      return { name, engine };
    }),
  );
  const sockets = Object.fromEntries(engines.map(({ name, engine }) => [name, engine.socketPath]));
  const desk = await openDesk(sockets, ['search', 'tags', 'pull', 'deploy'], more);
  return {
    desk,
    search: async (line) => resultOf<SearchResult>(await desk.say(`/dock search ${line}`)),
    tags: async (line) => resultOf<TagsResult>(await desk.say(`/dock tags ${line}`)),
    asked: () => engines.flatMap(({ engine }) => engine.asked.map(({ line }) => line)),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await Promise.all(engines.map(({ engine }) => engine[Symbol.asyncDispose]()));
    },
  };
}

/** A running container as an engine lists it. */
export const running = (id: string, image: string, imageId: string) => ({
  Id: id,
  Names: [`/${id.slice(0, 6)}`],
  Image: image,
  ImageID: imageId,
  State: 'running',
  Status: 'Up 2 hours',
  Created: 1,
});

/** An image as an engine lists it. */
export const stored = (id: string, tags: readonly string[], digests: readonly string[]) => ({
  Id: id,
  RepoTags: tags,
  RepoDigests: digests,
  Created: 1,
  Size: 1,
  Labels: {},
});
