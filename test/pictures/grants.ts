import type { GrantedResult } from '../../src/handlers/grants/approval.ts';
import type { GrantAsked } from '../../src/handlers/grants/grant.ts';
import type { GrantsResult } from '../../src/handlers/grants/grants.ts';
import { noteView } from '../../src/slack/views/deploy/notes.ts';
import { grantedView } from '../../src/slack/views/grants/grant.ts';
import { AT, DANA, MINUTE, OLI, type Picture } from './fixtures.ts';

const allowed = ['psql -c /(?i)select [^;]*/', 'rails db:*', 'redis-cli get orders:**'];
const reason = 'orders are stuck since the deploy, and the queue says nothing of why';

const asked: GrantAsked = {
  kind: 'grant-asked',
  id: '01JD5R3Y8H0000000000SHOP03',
  hash: '7c2370e9'.repeat(8),
  hosts: [{ host: 'web-1' }],
  names: ['shop'],
  forMs: 30 * MINUTE,
  reason,
  allowed,
  from: [{ name: 'oncall', usergroup: 'S0ONCALL', people: [OLI] }],
  expiresAt: AT + 30 * MINUTE,
  audit: '',
};

const grant: GrantedResult['grant'] = {
  id: asked.id,
  person: DANA,
  channel: 'C0PROD',
  host: 'web-1',
  container: 'shop',
  allowed,
  reason,
  approvedBy: OLI,
  beginsAt: AT,
  until: AT + 30 * MINUTE,
};

const active: GrantsResult = {
  kind: 'grants',
  grants: [{ ...grant, endedAt: undefined, endedBy: undefined, integrity: 'signed', runs: 4 }],
};

export const GRANTS: readonly Picture[] = [
  { name: 'grant', command: 'grant', result: asked },
  {
    name: 'grant-approved',
    command: 'grant',
    result: undefined,
    message: grantedView({ kind: 'granted', grant, audit: '' }),
  },
  {
    name: 'grant-over',
    command: 'grant',
    result: undefined,
    message: noteView({
      kind: 'grant-over',
      person: DANA,
      approvedBy: OLI,
      container: 'shop',
      host: 'web-1',
      reason,
      endedBy: undefined,
      runs: [
        { line: 'exec shop psql -c "select count(*) from orders"', how: 'succeeded' },
        { line: 'exec shop rails db:migrate:status', how: 'exit code 1' },
      ],
      count: 2,
    }),
  },
  { name: 'grants', command: 'grants', result: active },
  { name: 'grants-none', command: 'grants', result: { kind: 'grants', grants: [] } },
];
