import type { Blame, RunningVersions } from '../../../../docker/rollout/verdict.ts';
import type { Blamed } from '../../../../handlers/deploy/card/blamed.ts';
import type { Left } from '../../../../handlers/deploy/card/left.ts';
import type { Place } from '../../../../handlers/deploy/card/places.ts';
import type { Verdict } from '../../../../handlers/deploy/planning/types.ts';
import { placesWords } from './places.ts';

/** Why a version was rolled back, after its name. */
const REASONS: Readonly<Record<Blame, string>> = {
  unhealthy: '*failed its health check*',
  crashed: '*crashed*',
  not_started: '*did not start*',
  image: '*was rolled back*: its image could not be pulled',
  engine: '*was rolled back*: the engine of a host failed',
  port: '*did not start*: its port is taken',
  disk: '*was rolled back*: the disk of a host is full',
  person: '*was rolled back*: its container was changed by hand on a host',
  fairlead: '*was rolled back*: Fairlead could not finish it',
  other: '*was rolled back*',
};

/** What runs on a host that needs attention. */
const RUNS: Readonly<Record<RunningVersions, string>> = {
  old: 'the old version runs, but not everything could be put back.',
  new: 'the new version runs, but the rollout could not be finished.',
  both: 'both versions run.',
  neither: '*neither version runs*.',
};

export interface EndedOptions {
  /** Who stopped it. */
  readonly by?: string | undefined;
  /** What ran on all its hosts before, in mrkdwn. */
  readonly old?: string | undefined;
  readonly places?: readonly Place[] | undefined;
}

/** How a deployment ended that did not pass, after the name of what was deployed. */
export function endedWords(
  verdict: Exclude<Verdict, 'deployed' | 'partial'>,
  left: Left,
  { blame, runs }: Blamed,
  { by, old = 'The old version', places = [] }: EndedOptions = {},
): string {
  switch (verdict) {
    case 'rolled_back':
      return `${REASONS[blame ?? 'other']}. ${
        {
          old: `${old} runs again.`,
          nothing: 'Its container was removed; nothing ran there before.',
          mixed: 'The version before runs again, where there was one.',
        }[left]
      }`;
    case 'refused':
      return 'was not started. Nothing changed.';
    case 'failed_kept_old':
      // A host that was not as its plan has it may run any version: the one of the plan may have been stopped meanwhile.
      if (places.some(({ has }) => has === undefined)) return 'was not deployed. Nothing changed.';
      return `was not deployed. ${
        {
          old: `${old} was never stopped.`,
          nothing: 'Nothing ran there before, and nothing does now.',
          mixed: 'The version before was never stopped, where there was one.',
        }[left]
      }`;
    case 'aborted':
      return `was stopped${by === undefined ? '' : ` by <@${by}>`}. ${
        {
          old: `${old} runs.`,
          nothing: 'Nothing ran there before, and nothing does now.',
          mixed: 'The version before runs, where there was one.',
        }[left]
      }`;
    case 'needs_attention':
      if (places.length > 1) return `*needs attention now*: ${placesWords(places)}.`;
      return `*needs attention now*: ${runs === undefined ? 'the state of a host is unknown.' : RUNS[runs]}`;
  }
}
