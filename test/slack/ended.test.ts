import { expect, it } from 'vitest';
import type { Blame } from '../../src/docker/rollout/verdict.ts';
import { endedWords } from '../../src/slack/views/deploy/card/ended.ts';

const rolledBack = (blame: Blame | undefined) => endedWords('rolled_back', 'old', { blame, runs: undefined });

it('only a version that ran and was not healthy is said to have failed its health check', () => {
  expect(rolledBack('unhealthy')).toContain('health check');
  const others = ['crashed', 'not_started', 'image', 'engine', 'port', 'disk', 'person', 'fairlead', 'other'] as const;
  for (const blame of [...others, undefined]) {
    expect(rolledBack(blame)).not.toContain('health');
    expect(rolledBack(blame)).toContain('The old version runs again.');
  }
  // One that was started is not said to have crashed when nothing of it did, nor the other way round.
  expect(new Set(others.slice(0, -1).map(rolledBack)).size).toBe(others.length - 1);
});

it('what needs attention says what runs, and nothing where that is not known', () => {
  const needs = (runs: 'old' | 'new' | 'both' | 'neither' | undefined) =>
    endedWords('needs_attention', 'old', { blame: 'engine', runs });
  expect(needs('old')).toMatch(/needs attention now.*the old version runs/u);
  expect(needs('new')).toMatch(/the new version runs/u);
  expect(needs('both')).toMatch(/both versions run/u);
  expect(needs('neither')).toMatch(/neither version runs/u);
  expect(needs(undefined)).not.toMatch(/version/u);
});
