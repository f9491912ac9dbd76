import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../src/docker/limits/budget.ts';

describe('a budget', () => {
  it('is per person, rejects at once, and says how long to wait', async () => {
    const spend = createBudget({ commands: 3, perMs: 200 });
    for (let index = 0; index < 3; index += 1) expect(spend('ann')).toEqual({ ok: true });

    const refused = spend('ann');

    expect(spend('bob')).toEqual({ ok: true });
    if (refused.ok) throw new Error('not refused');
    expect(refused.waitMs).toBeGreaterThan(0);
    expect(refused.waitMs).toBeLessThanOrEqual(200);
    await sleep(refused.waitMs + 5);
    expect(spend('ann')).toEqual({ ok: true });
  });

  it('forgets only people who are idle', () => {
    const spend = createBudget({ commands: 1, perMs: 60_000 });
    for (let index = 0; index < 3000; index += 1) spend(`person-${index}`);

    expect(spend('person-0').ok).toBe(false);
  });
});
