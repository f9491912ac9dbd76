import type { ImageLayer } from '../../../docker/client/look-types.ts';
import { saySize } from '../../../domain/size.ts';
import { cut } from '../../../text/cut.ts';
import type { Clean } from './clean.ts';
import { labelsOf } from './container-facts.ts';
import { entriesAt, type Fact, fact, namesOf, numberAt, textAt, textsAt } from './facts.ts';

/** Steps of a build that are shown. */
export const MOST_LAYERS = 30;
const MOST_STEP = 120;

/** What an image is, from its inspection and its history, both without secrets. */
export function imageFacts(value: Clean, layers: readonly ImageLayer[]): Fact[] {
  const config = (key: string) => textsAt(value, 'Config', key);
  const platform = [textAt(value, 'Os'), textAt(value, 'Architecture'), textAt(value, 'Variant')];
  return [
    ...fact('Names', textsAt(value, 'RepoTags'), true),
    ...fact('Digests', textsAt(value, 'RepoDigests'), true),
    ...fact('Platform', platform.filter((part) => part !== '').join('/')),
    ...fact('Size', saySize(numberAt(value, 'Size'))),
    ...fact('Built', textAt(value, 'Created').slice(0, 19).replace('T', ' ')),
    ...fact('Entry point', config('Entrypoint').join(' '), true),
    ...fact('Command', config('Cmd').join(' '), true),
    ...fact(
      'Exposed ports',
      entriesAt(value, 'Config', 'ExposedPorts').map(([port]) => port),
      true,
    ),
    ...fact(
      'Volumes',
      entriesAt(value, 'Config', 'Volumes').map(([path]) => path),
      true,
    ),
    ...fact('Environment', namesOf(config('Env')), true),
    ...fact('User', textAt(value, 'Config', 'User'), true),
    ...fact('Working directory', textAt(value, 'Config', 'WorkingDir'), true),
    ...fact('Health check', textsAt(value, 'Config', 'Healthcheck', 'Test').join(' '), true),
    ...fact('Labels', labelsOf(value), true),
    ...fact('Layers', layers.map(stepOf), true),
    ...fact('Image id', textAt(value, 'Id'), true),
  ];
}

/** A step of a build as one line, its shell words left out: `12.4MB  RUN npm ci`. */
function stepOf({ bytes, createdBy }: ImageLayer): string {
  const step = createdBy.replace(/^\/bin\/sh -c (?:#\(nop\) )?\s*/u, '').replace(/\s+/gu, ' ');
  return `${saySize(bytes)} ${cut(step, MOST_STEP)}`;
}
