import type { SlackConnection } from '../../handlers/replicas/seen.ts';

/** Remembers whether Slack's connection is open, for those who ask. */
export interface ConnectionState extends SlackConnection {
  opened(): void;
  lost(): void;
}

export function createConnectionState(kind: SlackConnection['kind']): ConnectionState {
  let last: { readonly isOpen: boolean; readonly at: number } | undefined;
  const become = (isOpen: boolean) => {
    last = { isOpen, at: performance.now() };
  };
  return {
    kind,
    opened: () => become(true),
    lost: () => become(false),
    state: () => last && { isOpen: last.isOpen, forMs: performance.now() - last.at },
  };
}

/** At a command line, to which Slack sends nothing. */
export const NOT_CONNECTED: SlackConnection = { kind: 'none', state: () => undefined };
