import { expect, it } from 'vitest';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import { versionsView } from '../../src/slack/views/deploy/versions.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { digestOf, runShop, shopConfig, shopOn } from './shop.ts';
import { hostName, startStandIns } from './stand-in.ts';

const HOSTS = 350;
const TAGS = ['1.0.0', '1.5.0', '2.0.0'];

it('every version that was healthy on hundreds of hosts can be rolled back to, by a click and by name', async () => {
  await using fleet = await startStandIns(HOSTS, { latencyMs: () => 1, containers: 0 });
  for (const { state } of fleet.all) runShop(state, '2.0.0');
  await using desk = await openDesk(fleet.sockets, ['rollback'], shopConfig(['100%']));
  for (const [at, tag] of TAGS.entries())
    for (const { name: host } of fleet.all)
      await desk.store.versions.record({
        service: 'shop',
        host,
        repository: 'registry.local:5000/team/shop',
        digest: digestOf(tag),
        tag,
        deployment: `D${at}`,
        by: 'U0DEV1',
        at,
        verdict: 'deployed',
      });

  const listed = resultOf<VersionsResult>(await desk.say('/rollback shop'));

  expect(listed.versions.map(({ tag, hosts }) => [tag, hosts.length])).toEqual([
    ['2.0.0', HOSTS],
    ['1.5.0', HOSTS],
    ['1.0.0', HOSTS],
  ]);
  const [, ...older] = TAGS.toReversed();
  const lines = [...JSON.stringify(versionsView(listed).blocks).matchAll(/"value":"([^"]*)"/gu)].map(
    ([, line]) => line,
  );
  // On a busy machine a host that answers late is offered the newest one too: what it runs is not known.
  expect(lines).toEqual(expect.arrayContaining(older.map((tag) => `/rollback shop --to ${digestOf(tag)}`)));

  const last = fleet.all.at(-1);
  const question = await desk.ask(`/rollback shop 1.0.0 --on ${hostName(HOSTS - 1)}`);
  desk.runner.start();
  expect(await desk.ended(question)).toMatchObject({ [hostName(HOSTS - 1)]: { verdict: 'deployed' } });
  expect(last && shopOn(last.state)).toBe('1.0.0');
}, 60_000);
