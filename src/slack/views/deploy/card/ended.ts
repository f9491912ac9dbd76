import type { Blame, RunningVersions } from '../../../../docker/rollout/verdict.ts';
import type { Blamed } from '../../../../handlers/deploy/card/blamed.ts';
import type { Left } from '../../../../handlers/deploy/card/left.ts';
import type { Verdict } from '../../../../handlers/deploy/planning/types.ts';

/** After the name of a version that was rolled back: why. */
const REASONS: Readonly<Record<Blame, string>> = {
  unhealthy: '*did not become healthy*',
  crashed: '*crashed*',
  not_started: '*could not be started*',
  image: '*was rolled back*: its image could not be pulled',
  engine: '*was rolled back*: the engine of a host failed',
  port: '*could not be started*: its port is taken',
  disk: '*was rolled back*: the disk of a host is full',
  person: '*was rolled back*: somebody changed its container on a host',
  fairlead: '*was rolled back*: Fairlead could not finish it',
  other: '*was rolled back*',
};

/** What runs where somebody has to look. */
const RUNS: Readonly<Record<RunningVersions, string>> = {
  old: 'the old version runs, but not everything could be put back.',
  new: 'the new version runs, but the rollout could not be finished.',
  both: 'both versions run.',
  neither: '*neither version runs*.',
};

/**
 * How a deployment ended that is on no host, after the name of what was deployed. `by` is who stopped it, `old` what ran on
 * all its hosts before, in mrkdwn.
 */
export function endedWords(
  verdict: Exclude<Verdict, 'deployed' | 'partial'>,
  left: Left,
  { blame, runs }: Blamed,
  { by, old = 'The old version' }: { readonly by?: string | undefined; readonly old?: string | undefined } = {},
): string {
  switch (verdict) {
    case 'rolled_back':
      return `${REASONS[blame ?? 'other']}. ${
        {
          old: `${old} runs again.`,
          nothing: 'It was taken away; nothing ran there before.',
          mixed: 'It was taken away; what ran before runs again.',
        }[left]
      }`;
    case 'refused':
      return 'was refused before it began. Nothing was changed.';
    case 'failed_kept_old':
      return `was not deployed. ${
        {
          old: `${old} was never stopped.`,
          nothing: 'Nothing ran there before, and nothing does now.',
          mixed: 'What ran before was never stopped.',
        }[left]
      }`;
    case 'aborted':
      return `was stopped${by === undefined ? '' : ` by <@${by}>`}. ${
        {
          old: `${old} runs.`,
          nothing: 'Nothing ran there before, and nothing does now.',
          mixed: 'What ran before runs.',
        }[left]
      }`;
    case 'needs_attention':
      return `*needs attention now*: ${runs === undefined ? 'what runs on a host is not known.' : RUNS[runs]}`;
  }
}
