import { expect, it } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import type { ActedResult, AskedResult } from '../../../src/handlers/lifecycle/types.ts';
import { bed, container, describeWithEngine } from '../../bed/bed.ts';
import { openDesk, resultOf } from '../desk.ts';

const MB = 1024 * 1024;
const socket = () => bed().sockets[0] ?? '';
const desk = (more = {}) => openDesk({ one: socket() }, ['update'], more);
const only = (result: ActedResult) => result.hosts[0]?.containers[0];
const limited = (more = {}) =>
  container(socket(), {
    cmd: ['sleep', '600'],
    hostConfig: { NetworkMode: 'none', Memory: 64 * MB, MemorySwap: 128 * MB, PidsLimit: 100, ...more },
  });

interface HostConfig {
  readonly Memory: number;
  readonly NanoCpus: number;
  readonly PidsLimit: number | null;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
}

async function settings(id: string): Promise<HostConfig> {
  return (JSON.parse(await mustCall(socket(), 'GET', `/containers/${id}/json`)) as { HostConfig: HostConfig })
    .HostConfig;
}

describeWithEngine('update', () => {
  it('changes limits and restart policy in place, and says what was before', async () => {
    await using it = await desk();
    await using shop = await limited();

    const line = `docker update --memory=96m --memory-swap 192m --cpus .5 --pids-limit 50 --restart on-failure:3 ${shop.name}`;
    const result = resultOf<ActedResult>(await it.say(line));
    const again = resultOf<ActedResult>(await it.say(line));

    expect(only(result)).toMatchObject({ verdict: 'done', id: shop.id });
    expect(only(result)?.said).toMatch(
      /memory 64MiB → 96MiB.*cpus no limit → 0\.5.*pids 100 → 50.*restart no → on-failure:3/u,
    );
    expect(await settings(shop.id)).toMatchObject({
      Memory: 96 * MB,
      NanoCpus: 5e8,
      PidsLimit: 50,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    });
    expect(only(again)).toMatchObject({ verdict: 'unchanged' });
  });

  it('judges the limits the container would have then by the guardrails', async () => {
    await using it = await desk({ guardrails: { require: ['memory', 'pids', 'restart'] } });
    await using shop = await limited({ RestartPolicy: { Name: 'always' } });
    await using free = await limited({ PidsLimit: -1, RestartPolicy: { Name: 'always' } });
    const before = await settings(shop.id);

    const refused = [
      await it.say(`dock update ${shop.name} --pids-limit -1`),
      await it.say(`dock update ${shop.name} --pids-limit=0`),
      await it.say(`dock update ${shop.name} --restart no`),
    ];
    const inherited = resultOf<ActedResult>(await it.say(`dock update ${free.name} --memory 72m`));

    for (const answer of refused) expect(answer).toMatchObject({ kind: 'refused', reason: 'guardrail' });
    expect(await settings(shop.id)).toEqual(before);
    expect(only(inherited)).toMatchObject({ verdict: 'done' });
  });

  it('refuses memory below what is used, or beyond memory and swap together, with the numbers', async () => {
    await using it = await desk();
    await using shop = await container(socket(), {
      cmd: ['sh', '-c', `mkdir -p /mem && dd if=/dev/zero of=/mem/x bs=1M count=24 2>/dev/null; sleep 600`],
      hostConfig: { NetworkMode: 'none', Memory: 64 * MB, MemorySwap: 128 * MB, Tmpfs: { '/mem': '' } },
    });
    const used = async () =>
      (
        JSON.parse(await mustCall(socket(), 'GET', `/containers/${shop.id}/stats?stream=false&one-shot=true`)) as {
          memory_stats: { usage: number };
        }
      ).memory_stats.usage;
    await expect.poll(used, { timeout: 20_000 }).toBeGreaterThan(24 * MB);

    const below = await it.say(`dock update ${shop.name} -m 16m`);
    const beyond = await it.say(`dock update ${shop.name} -m 256m`);
    const swap = await it.say(`dock update ${shop.name} -m 128m --memory-swap 96m`);

    expect(below).toMatchObject({ kind: 'refused', reason: 'conflict', text: expect.stringContaining('16MiB') });
    expect(beyond).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(JSON.stringify(beyond)).toContain(`update ${shop.name} -m 256m --memory-swap 512m`);
    expect(swap).toMatchObject({ kind: 'refused', reason: 'bad_input' });
    expect((await settings(shop.id)).Memory).toBe(64 * MB);
  });

  it('is approved where a rule asks for it, and not when the container has other settings by then', async () => {
    const rule = { commands: ['update'], hosts: 'all', from: ['oncall'] };
    await using it = await desk({ groups: { oncall: { people: ['U0OPS1'] } }, approvals: [rule] });
    await using shop = await limited();

    const asked = resultOf<AskedResult>(await it.say(`dock update ${shop.name} --pids-limit 50`));
    await mustCall(socket(), 'POST', `/containers/${shop.id}/update`, { PidsLimit: 70 });
    const stale = await it.say(`dock approve ${asked.id}`, 'U0OPS1');
    const anew = resultOf<AskedResult>(await it.say(`dock update ${shop.name} --pids-limit 50`));
    const acted = resultOf<ActedResult>(await it.say(`dock approve ${anew.id}`, 'U0OPS1'));

    expect(asked.hosts[0]?.targets[0]?.changes).toEqual([{ setting: 'pids', from: '100', to: '50' }]);
    expect(stale).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(only(acted)).toMatchObject({ verdict: 'done' });
    expect((await settings(shop.id)).PidsLimit).toBe(50);
  });
});
