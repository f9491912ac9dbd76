import { addImage, createContainer, type EngineState, hashOf, startContainer } from './engine-state.ts';

const REPOSITORY = 'registry.local:5000/team/shop';

/** The digest of a tag of the shop in its registry. */
export const digestOf = (tag: string) => `sha256:${hashOf(`${REPOSITORY}:${tag}`)}`;

/** Puts a running version of the shop on an engine, as somebody would have made it by hand. */
export function runShop(state: EngineState, tag: string): void {
  const { id } = addImage(state, REPOSITORY, { tag });
  const image = `${REPOSITORY}:${tag}`;
  const hostConfig = { NetworkMode: 'none', RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } };
  startContainer(state, createContainer(state, { name: 'shop', image, imageId: id, config: {}, hostConfig }));
}

/** The version of the shop that runs on an engine; undefined when none does. */
export function shopOn(state: EngineState): string | undefined {
  const live = [...state.containers.values()].find(({ name, status }) => name === 'shop' && status === 'running');
  return live && /:([\w.]+)(?:@|$)/u.exec(live.image.slice(REPOSITORY.length))?.[1];
}

/** The sections of a config with the shop on all hosts, that everybody may deploy. */
export const shopConfig = (waves: readonly (number | string)[]) => ({
  registries: { 'registry.local:5000': {} },
  images: { allow: ['registry.local:5000/**'] },
  services: {
    shop: {
      image: REPOSITORY,
      hosts: 'all',
      container: { name: 'shop', networks: [{ name: 'none' }], restart: 'always' },
      rollout: { waves, stableFor: '0.2s', healthyWithin: '10s', keep: 1 },
    },
  },
});
