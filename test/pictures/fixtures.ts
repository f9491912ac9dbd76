import type { HostFailure, Request } from '../../src/handlers/request.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';

/** One picture: what the handler gave back, or what the view is of, under a name for its file. */
export interface Picture {
  readonly name: string;
  readonly command: string;
  readonly result: unknown;
  readonly request?: Partial<Request>;
  /** What is not a command's own answer: a card, or a word in its thread. */
  readonly message?: Message;
}

export const AT = Date.UTC(2026, 2, 3, 9, 30);
export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const DANA = 'U0DEV1';
export const OLI = 'U0OPS1';
export const timed = { at: AT, ms: 412, failures: [] };

/** A host that did not answer, as every command over hosts shows it. */
export const down: HostFailure = {
  host: 'web-2',
  summary: 'Not reachable: connection refused.',
  engineSaid: 'connect ECONNREFUSED 10.0.0.12:2376',
  tryThis:
    'Check that the engine on web-2 is running, and its address in the config. On the host: systemctl status docker',
};

export function requestOf(picture: Picture): Request {
  const { line = `${picture.command} --on all` } = picture.request ?? {};
  return {
    id: '01JD0000000000000000000000',
    command: picture.command,
    args: {},
    hosts: ['web-1', 'web-2'],
    hostsNamed: true,
    line,
    shownLine: line,
    share: false,
    person: DANA,
    channel: 'C0PROD',
    team: 'T0FAIRLEAD',
    source: 'slash',
    at: AT,
    since: 0,
    membership: { groups: new Set(), unreadable: new Set() },
    decision: { kind: 'allow', hosts: ['web-1', 'web-2'], rule: 'channels.C0PROD.grants.0' },
    ...picture.request,
  };
}

/** Twelve hex digits that look like an id. */
export const shortId = (seed: number) => (seed * 2_654_435_761).toString(16).padStart(12, '7').slice(-12);
