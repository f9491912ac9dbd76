import type { ImageConfig } from '../config.ts';
import type { Finding } from './finding.ts';

const none = { bytes: 0, layers: [], paths: [], more: 0 };

/** Findings of an image's settings: the user it runs as, and its health check. */
export function findSettings({ config }: ImageConfig): Finding[] {
  const user = (config?.User ?? '').split(':')[0] ?? '';
  const test = config?.Healthcheck?.Test ?? [];
  const isRoot = user === '' || user === 'root' || user === '0';
  return [
    ...(isRoot
      ? [
          {
            ...none,
            id: 'no-user',
            title: 'it runs as root',
            change: 'End with `USER` and an id that is not 0: `USER 65532`.',
          },
        ]
      : []),
    ...(test.length === 0 || test[0] === 'NONE'
      ? [
          {
            ...none,
            id: 'no-healthcheck',
            title: 'it has no health check',
            change: 'Add `HEALTHCHECK`, or say one in the settings of the service: a deploy waits for it.',
          },
        ]
      : []),
  ];
}
