import type { Left } from '../../handlers/deploy/left.ts';
import type { Verdict } from '../../handlers/deploy/types.ts';

/**
 * How a deployment ended that is on no host, after the name of what was deployed. `by` is who stopped it, `old` what ran on
 * all its hosts before, in mrkdwn.
 */
export function endedWords(
  verdict: Exclude<Verdict, 'deployed' | 'partial'>,
  left: Left,
  by?: string,
  old = 'The old version',
): string {
  switch (verdict) {
    case 'rolled_back':
      return `*did not become healthy*. ${
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
      return '*needs attention now*: a host could not be brought to either version.';
  }
}
