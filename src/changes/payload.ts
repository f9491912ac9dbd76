import type { ChangeEvent } from './event.ts';

/** The event as JSON: the body of a webhook, and the details that PagerDuty shows. Absent facts are left out. */
export function payloadOf({ id, type, at, summary, deployment }: ChangeEvent) {
  const { end, startedAt, commit, card, hostCount, ...facts } = deployment;
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      event: id,
      summary,
      ...facts,
      hostCount,
      startedAt: new Date(startedAt).toISOString(),
      commit,
      links: { card, commit: commit?.url },
      ...(end === undefined
        ? {}
        : {
            verdict: end.verdict,
            endedAt: new Date(end.at).toISOString(),
            seconds: Math.round(end.ms / 100) / 10,
            outcomes: end.outcomes,
          }),
    },
  };
}
