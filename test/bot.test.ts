import { expect, it } from 'vitest';
import { loadEnvironment, parseConfig } from '../src/config.ts';
import { openCore } from '../src/core.ts';
import { createLog } from '../src/telemetry.ts';
import { RECORD_KEY } from './store/keys.ts';

const config = parseConfig(
  `slack: { team: T0TEAM }
hosts: { a: { url: "unix:///a.sock" } }
groups: { oncall: { people: [U0OPS1] } }
approvals: [ { commands: [deploy], hosts: all, from: [oncall], stepUp: totp } ]`,
  'f.yml',
  {},
);

it('does not start with a rule it could not keep: stepUp needs the key of the enrolments', async () => {
  const open = (env: Record<string, string>) =>
    openCore(
      config,
      loadEnvironment({ DATABASE_URL: ':memory:', FAIRLEAD_RECORD_KEY: RECORD_KEY, ...env }),
      createLog('silent'),
    );
  await expect(open({})).rejects.toThrow('asks for stepUp: totp, and FAIRLEAD_TOTP_KEY is not set');
  await (await open({ FAIRLEAD_TOTP_KEY: 'ab'.repeat(32) })).close();
});
