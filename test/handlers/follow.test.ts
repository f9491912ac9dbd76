import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import type { FollowReport } from '../../src/handlers/containers/log/results.ts';
import type { Request } from '../../src/handlers/request.ts';
import { followView } from '../../src/slack/views/containers/logs.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { type EngineProxy, engineProxy } from '../bed/proxy.ts';
import { openDesk, resultOf } from './desk.ts';

const COUNTING = 'i=0; while true; do i=$((i+1)); echo "n=$i"; sleep 0.05; done';

/** Follows `name` through the proxy; `until` resolves with the first report that fits. */
async function following(proxy: EngineProxy, line: string) {
  const desk = await openDesk({ one: proxy.socketPath }, ['logs']);
  const reports: FollowReport[] = [];
  const waiting: { fits: (report: FollowReport) => boolean; resolve: (report: FollowReport) => void }[] = [];
  const ended = desk
    .watch(line, (report) => {
      reports.push(report as FollowReport);
      for (const wait of waiting) if (wait.fits(report as FollowReport)) wait.resolve(report as FollowReport);
    })
    .then((answer) => resultOf<FollowReport>(answer));
  return {
    reports,
    ended,
    until: (fits: (report: FollowReport) => boolean) =>
      new Promise<FollowReport>((resolve) => waiting.push({ fits, resolve })),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

const numbers = (report: FollowReport) => report.lines.map(({ text }) => Number(text.replace('n=', '')));
const shown = (report: FollowReport) =>
  JSON.stringify(followView(report, { person: 'U0DEV1', shownLine: 'logs x -f' } as Request).blocks);

describeWithEngine('following a log', () => {
  it.each(['broken', 'finished'] as const)(
    'goes on after a %s connection, no line lost and none twice',
    async (how) => {
      await using proxy = await engineProxy(bed().sockets[0] as string);
      await using ran = await container(bed().sockets[0] as string, { cmd: ['sh', '-c', COUNTING] });
      await using it = await following(proxy, `/logs ${ran.name} -f -n 5 for 20s`);

      await it.until((report) => report.seen >= 5);
      proxy.cut(how);
      const lost = await it.until((report) => report.lost);
      const back = await it.until((report) => report.reconnects === 1 && report.seen > lost.seen + 5);
      await callEngine(bed().sockets[0] as string, 'POST', `/containers/${ran.id}/kill`);
      const end = await it.ended;

      const all = numbers(end);
      expect(all).toEqual(all.map((_, index) => (all[0] as number) + index));
      expect(all.length).toBeGreaterThan(10);
      expect(end).toMatchObject({ ended: 'container', how: 'exited with code 137', reconnects: 1, gap: false });
      // Twice at the beginning: the last lines are read once before they are followed.
      expect(proxy.logs).toHaveLength(3);
      expect(shown(lost)).toContain('connection lost, trying again');
      expect(shown(back)).toContain('reconnected once');
      expect(shown(end)).toContain('ended: the container exited with code 137');
    },
  );

  it('keeps times out of lines unless they are asked for, and joins what the engine keeps in records', async () => {
    await using proxy = await engineProxy(bed().sockets[0] as string);
    await using ran = await container(bed().sockets[0] as string, {
      cmd: ['sh', '-c', 'head -c 20000 /dev/zero | tr "\\0" x; echo END; echo short; sleep 60'],
    });
    await using it = await following(proxy, `/logs ${ran.name} -f --grep '^x*END$|short' for 20s`);
    const { lines } = await it.until((report) => report.seen === 2);
    expect(lines.map(({ text }) => text.replace(/^x+/u, 'x'))).toEqual(['x […]', 'short']);

    await using timed = await following(proxy, `/logs ${ran.name} -f -t --grep short for 20s`);
    const { lines: stamped } = await timed.until((report) => report.seen === 1);
    expect(stamped[0]?.text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z short$/u);
    await callEngine(bed().sockets[0] as string, 'POST', `/containers/${ran.id}/kill`);
    await Promise.all([it.ended, timed.ended]);
  });

  it('says so when lines may be missing', async () => {
    await using proxy = await engineProxy(bed().sockets[0] as string);
    // Its log is rotated with every kilobyte, so what was read last is soon gone.
    await using ran = await container(bed().sockets[0] as string, {
      cmd: [
        'sh',
        '-c',
        'i=0; while true; do i=$((i+1)); echo "n=$i $(head -c 600 /dev/zero | tr "\\0" y)"; sleep 0.1; done',
      ],
      hostConfig: {
        NetworkMode: 'none',
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1k', 'max-file': '1' } },
      },
    });
    await using it = await following(proxy, `/logs ${ran.name} -f for 20s`);
    await it.until((report) => report.seen >= 2);
    proxy.refuse = true;
    proxy.cut('broken');
    await it.until((report) => report.lost);
    proxy.refuse = false;

    const back = await it.until((report) => report.reconnects === 1 && !report.lost);

    expect(back.gap).toBe(true);
    expect(shown(back)).toContain('some lines may be missing');
    await callEngine(bed().sockets[0] as string, 'POST', `/containers/${ran.id}/kill`);
    await it.ended;
  });

  it('ends with the container when that is removed meanwhile', async () => {
    await using proxy = await engineProxy(bed().sockets[0] as string);
    await using ran = await container(bed().sockets[0] as string, { cmd: ['sh', '-c', COUNTING] });
    await using it = await following(proxy, `/logs ${ran.name} -f for 20s`);
    await it.until((report) => report.seen > 0);

    await callEngine(bed().sockets[0] as string, 'DELETE', `/containers/${ran.id}?force=true`);

    expect(await it.ended).toMatchObject({ ended: 'container', reconnects: 0 });
  });
});
