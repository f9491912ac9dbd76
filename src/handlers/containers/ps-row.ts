import type { Container } from '../../docker/client/types.ts';
import { cutHidden } from '../../text/cut.ts';

export interface PsRow
  extends Pick<Container, 'image' | 'command' | 'createdAt' | 'state' | 'status' | 'health' | 'ports'> {
  readonly host: string;
  readonly id: string;
  readonly names: string;
}

/** Characters of a command that are looked at for secrets; far fewer are shown. */
export const MOST_HIDDEN = 4000;

export function rowOf(host: string, container: Container, redact: (text: string) => string, whole: boolean): PsRow {
  const { image, createdAt, state, status, health, ports } = container;
  const names = container.names.join(',');
  return {
    host,
    id: whole ? container.id : container.id.slice(0, 12),
    // With a tag it says enough: the digest is what a rollout was pinned to, and there is an id for it.
    image: /^sha256:/u.test(image) ? image.slice(7, 19) : image.replace(/(:[\w.-]+)@sha256:[0-9a-f]{64}$/u, '$1'),
    command: cutHidden(container.command, MOST_HIDDEN, redact),
    createdAt,
    state,
    status,
    health,
    ports,
    names,
  };
}
