import { expect, it } from 'vitest';
import { blamedFor } from '../../src/handlers/deploy/card/blamed.ts';
import type { CardVerdict } from '../../src/handlers/deploy/planning/types.ts';

const one = (verdict: CardVerdict['verdict'], more: Partial<CardVerdict> = {}): CardVerdict => ({
  verdict,
  phase: 'gate',
  why: '',
  tryThis: '',
  ms: 1,
  ...more,
});

it('what all hosts that failed have in common is to blame; where they differ, nothing is said to be', () => {
  const crashed = one('rolled_back', { blame: 'crashed' });
  expect(blamedFor([one('deployed'), crashed, one('skipped'), crashed]).blame).toBe('crashed');
  expect(blamedFor([crashed, one('failed_kept_old', { blame: 'image' })]).blame).toBeUndefined();
  // Stored by an older Fairlead.
  expect(blamedFor([one('rolled_back')]).blame).toBeUndefined();
  expect(blamedFor([one('deployed'), one('unchanged')])).toEqual({ blame: undefined, runs: undefined });
});

it('of what runs where somebody has to look, the worst is told', () => {
  const needs = (runs: CardVerdict['runs']) => one('needs_attention', { blame: 'engine', runs });
  expect(blamedFor([needs('old'), one('rolled_back', { runs: 'neither' })]).runs).toBe('old');
  expect(blamedFor([needs('old'), needs('both'), needs('new')]).runs).toBe('both');
  expect(blamedFor([needs('old'), needs(undefined)]).runs).toBeUndefined();
  expect(blamedFor([needs(undefined), needs('neither')]).runs).toBe('neither');
});
