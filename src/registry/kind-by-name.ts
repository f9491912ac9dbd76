import type { RegistryKind } from '../config/registries.ts';

const HOSTED: readonly (readonly [RegExp, RegistryKind])[] = [
  [/^docker\.io$/u, 'dockerhub'],
  [/^ghcr\.io$/u, 'ghcr'],
  [/^registry\.gitlab\.com$/u, 'gitlab'],
  [/^quay\.io$/u, 'quay'],
  [/^(?:\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]{1,30}\.amazonaws\.com(?:\.cn)?|public\.ecr\.aws)$/u, 'ecr'],
  [/^(?:[a-z0-9-]{1,40}-docker\.pkg\.dev|(?:[a-z]{2,4}\.)?gcr\.io)$/u, 'artifact-registry'],
  [/^[a-z0-9]{1,60}\.azurecr\.(?:io|cn|us)$/u, 'acr'],
];

/** The service a registry is by its name; undefined for one that has to be asked. */
export function kindByName(registry: string): RegistryKind | undefined {
  return HOSTED.find(([pattern]) => pattern.test(registry.toLowerCase()))?.[1];
}
