import { SPECS } from '../../src/commands/index.ts';
import { parseConfig } from '../../src/config.ts';
import { authorize } from '../../src/policy/authorize.ts';
import type { Decision } from '../../src/policy/decision.ts';
import { type Membership, NOBODY } from '../../src/policy/people.ts';

/** A config with rules of approval that overlap, and the people who meet it. */
export const config = parseConfig(
  `
slack: { team: T0TEAM }
hosts:
  web-1: { url: "unix:///a.sock", labels: { env: prod } }
  web-2: { url: "unix:///b.sock", labels: { env: prod } }
  staging: { url: "unix:///c.sock" }
groups:
  oncall: { people: [U0OPS1] }
  security: { people: [U0SEC1] }
  leads: { people: [U0LEAD1] }
services:
  shop: { image: shop, hosts: all, container: { name: shop-web } }
  bank: { image: bank, hosts: all }
approvals:
  - { commands: [deploy, rollback], hosts: "env=prod", from: [oncall], count: 2 }
  - { commands: [deploy], hosts: web-2, services: [bank], from: [security], stepUp: totp }
  - { commands: [rollback], hosts: staging, from: [oncall, leads], self: true }
breakGlass: { from: [oncall], review: 12h }
`,
  'test.yml',
  {},
);
export const inGroups = (...groups: string[]): Membership => ({ groups: new Set(groups), unreadable: new Set() });
export const unreadable = (...groups: string[]): Membership => ({ groups: new Set(), unreadable: new Set(groups) });
export const ALLOWED: Decision = { kind: 'allow', hosts: [], rule: 'r' };
export const DENIED = authorize(
  { spec: SPECS[0], on: undefined, channel: 'C0NONE', person: 'U0X', membership: NOBODY },
  config,
);
export const deploy = (hosts: string[], service = 'shop') => ({ command: 'deploy', hosts, service });
