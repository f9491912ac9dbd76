import { expect, it } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { ask, OPS, running, says, story } from './story.ts';

interface Line {
  readonly level: number;
  readonly request?: string;
  readonly deployment?: string;
  /** Where a note is said. */
  readonly to?: string;
  /** What is drawn for another process. */
  readonly card?: string;
}

const INFO = 30;

describeWithEngine('the log of a deployment', () => {
  it('has its id on each line of its work, none of the request that approved it, and notes have their place', async () => {
    await using it = await story();
    const { slack, service } = it;
    await ask(slack, `/deploy ${service} 1.0.0`);
    const card = await slack.waitFor(says('asks to deploy', '1.0.0', 'Approve'), OPS);
    const before = new Set(it.log().split('\n'));
    const since = () =>
      it
        .log()
        .split('\n')
        .filter((line) => !before.has(line));

    // Slack's library writes a line for each attempt.
    const ends = ['chat.update', 'chat.postMessage'].map((method) => slack.faults.during({ method, drop: true }));
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await expect.poll(() => running(service), { timeout: 30_000 }).toEqual(['1.0.0', '1.0.0']);
    await expect.poll(() => since().join(), { timeout: 20_000 }).toContain('"deployment"');
    for (const end of ends) end();
    await slack.waitFor(says('1.0.0', 'is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });

    const lines = since()
      .map((line) => JSON.parse(line) as Line)
      // Of a process itself: that it started, and the head of the audit log.
      .filter(({ level }) => level > INFO);
    expect(lines.filter(({ request, deployment, to, card }) => !(request ?? deployment ?? to ?? card))).toEqual([]);
    expect(lines.filter(({ request, deployment, to }) => [request, deployment, to].filter(Boolean).length > 1)).toEqual(
      [],
    );
    expect(new Set(lines.flatMap(({ deployment }) => deployment ?? [])).size).toBe(1);
  }, 90_000);
});
