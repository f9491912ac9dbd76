import type { ChangeEvent } from '../../src/changes/event.ts';
import { createReceivers } from '../../src/changes/receivers.ts';
import { configOf } from './config.ts';

const AT = Date.parse('2026-11-20T10:00:00Z');
export const DIGEST = `sha256:${'ab'.repeat(32)}`;
const COMMIT = '0a1b2c3d'.repeat(5);

const deployment: ChangeEvent['deployment'] = {
  id: '01KBCD8Y6Q3V5W7X9Z1A2B3C4D',
  action: 'deploy',
  service: 'shop',
  environments: ['prod'],
  version: '1.4.0',
  from: ['1.3.2'],
  image: `harbor.example.com/devops/shop@${DIGEST}`,
  digest: DIGEST,
  tag: '1.4.0',
  hostCount: 2,
  hosts: ['web-1', 'web-2'],
  requestedBy: 'U0DEV1',
  approvedBy: ['U0OPS1'],
  reason: 'faster <basket>',
  breakGlass: undefined,
  startedAt: AT,
  commit: {
    sha: COMMIT,
    repository: 'https://github.com/acme/shop',
    url: `https://github.com/acme/shop/commit/${COMMIT}`,
    source: 'signed',
  },
  card: 'https://acme.slack.com/archives/C0PROD/p1764590400000100',
  end: undefined,
};

export function started(more: Partial<ChangeEvent['deployment']> = {}): ChangeEvent {
  const facts = { ...deployment, ...more };
  const summary = `Deploying ${facts.service} ${facts.version} to prod (2 hosts).`;
  return { id: `${facts.id}.deployment.started`, type: 'deployment.started', at: AT, summary, deployment: facts };
}

export function ended(verdict = 'deployed', more: Partial<ChangeEvent['deployment']> = {}): ChangeEvent {
  const end = { verdict, at: AT + 3120, ms: 3120, outcomes: { [verdict]: 2 } };
  const facts = { ...deployment, ...more, end };
  const summary = `${facts.service} ${facts.version} is deployed to prod (2 hosts) & <healthy>.`;
  return { id: `${facts.id}.deployment.ended`, type: 'deployment.ended', at: end.at, summary, deployment: facts };
}

/** A receiver as the config makes it. */
export function receiverOf(receiver: object) {
  const found = createReceivers(configOf({ one: receiver }).changes, Date.now).get('one');
  if (!found) throw new Error('no receiver');
  return found;
}
