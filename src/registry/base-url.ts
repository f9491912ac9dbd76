import type { RegistryConfig } from '../config.ts';

/** Where a registry is: `https://harbor.example.com`. Plain http only to the loopback, as engines do, or where the config says so. */
export function baseUrl(registry: string, own: Pick<RegistryConfig, 'ca' | 'insecure'> | undefined): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  const isPlain = own?.insecure === true || (own?.ca === undefined && LOOPBACK.test(registry));
  return `${isPlain ? 'http' : 'https'}://${registry}`;
}

/** Where a product has its own API: for Docker Hub another host than its registry. */
export function apiBase(registry: string, own: Pick<RegistryConfig, 'ca' | 'insecure'> | undefined): string {
  return registry === 'docker.io' ? 'https://hub.docker.com' : baseUrl(registry, own);
}

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/u;
