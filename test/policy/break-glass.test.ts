import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { mayBreakGlass, maySign } from '../../src/policy/break-glass.ts';
import { type Membership, NOBODY } from '../../src/policy/people.ts';
import { ALLOWED, config, DENIED, deploy, inGroups, unreadable } from './two-rules.ts';

describe('breaking the glass', () => {
  const none: Config = { ...config, breakGlass: undefined };

  it.each([
    ['who may', inGroups('oncall'), ALLOWED, config, { may: true, review: 12 * 3_600_000 }],
    [
      'who is in no group',
      NOBODY,
      ALLOWED,
      config,
      { may: false, reason: 'not_permitted', hint: expect.stringContaining('to request approval') },
    ],
    ['whose groups cannot be read', unreadable('oncall'), ALLOWED, config, { may: false, reason: 'group_unreadable' }],
    ['who may not give the command', inGroups('oncall'), DENIED, config, { may: false, reason: 'not_permitted' }],
    ['where it is not set up', inGroups('oncall'), ALLOWED, none, { may: false, reason: 'not_configured' }],
  ])('%s', (_, membership, decision, where, expected) => {
    expect(mayBreakGlass({ ...deploy(['staging']), membership, decision }, where)).toMatchObject(expected);
  });

  it('takes the code that the rules it goes by ask of a yes, and no other rule’s', () => {
    const ask = { membership: inGroups('oncall'), decision: ALLOWED };
    const bank = deploy(['web-1', 'web-2'], 'bank');
    expect(mayBreakGlass({ ...bank, ...ask }, config)).toMatchObject({
      may: false,
      reason: 'step_up_needed',
      why: expect.stringContaining('approvals[1]'),
    });
    expect(mayBreakGlass({ ...bank, ...ask, factor: 'totp' }, config)).toMatchObject({ may: true });
    expect(mayBreakGlass({ ...bank, ...ask, membership: NOBODY, factor: 'totp' }, config)).toMatchObject({
      reason: 'not_permitted',
    });
    expect(mayBreakGlass({ ...bank, ...ask, command: 'rollback' }, config)).toMatchObject({ may: true });
    expect(mayBreakGlass({ ...deploy(['web-1'], 'bank'), ...ask }, config)).toMatchObject({ may: true });
    expect(mayBreakGlass({ ...deploy(['web-2']), ...ask }, config)).toMatchObject({ may: true });
  });

  it('is signed by an approver who is somebody else', () => {
    const sign = (person: string, membership: Membership, hosts = ['web-1'], where = config) =>
      maySign({ ...deploy(hosts), brokenBy: 'U0OPS1', person, membership }, where);
    expect(sign('U0OPS2', inGroups('oncall'))).toEqual({ may: true });
    expect(sign('U0OPS1', inGroups('oncall'))).toMatchObject({
      may: false,
      why: expect.stringContaining('You did this'),
    });
    expect(sign('U0DEV1', inGroups('leads'))).toMatchObject({ may: false, hint: 'Who can: oncall.' });
    expect(sign('U0OPS2', inGroups('oncall'), ['staging'])).toEqual({ may: true });
    expect(sign('U0OPS2', inGroups('oncall'), ['staging'], none)).toMatchObject({
      may: false,
      hint: 'Who can: nobody.',
    });
  });
});
