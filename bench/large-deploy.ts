import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEAM } from '../playground/server/index.ts';
import { digestOf, runShop, shopConfig, shopOn } from '../test/fleet/shop.ts';
import { startStandIns } from '../test/fleet/stand-in.ts';
import type { BenchEnvironment } from './environment.ts';
import { timed } from './measure.ts';
import { OURS } from './process.ts';

const HOSTS = 500;
/** In the last wave. */
const FAILING = [400, 401, 402];
const CHANNEL = 'C0PROD';

const says = (blocks: unknown, words: string) => JSON.stringify(blocks).includes(words);

/**
 * A deploy in waves to five hundred hosts, stand-ins for engines, on three of which the new version crashes: it has to
 * stop, and what the card counts has to be what runs.
 */
export async function largeDeploy(bench: BenchEnvironment): Promise<void> {
  const fleet = await startStandIns(HOSTS, { latencyMs: (index) => 20 + (index % 9) * 10, containers: 5 });
  bench.onClose(() => fleet[Symbol.asyncDispose]());
  for (const { state } of fleet.all) runShop(state, '1.0.0');
  for (const index of FAILING) fleet.all[index]?.state.crashing.add(digestOf('2.0.0'));
  const file = join(bench.folder, 'large-deploy.yml');
  const config = {
    slack: { team: TEAM },
    hosts: Object.fromEntries(fleet.all.map(({ name, socketPath }) => [name, { url: `unix://${socketPath}` }])),
    roles: { releaser: { commands: ['deploy'] } },
    channels: { [CHANNEL]: { grants: [{ role: 'releaser', hosts: 'all' }] } },
    ...shopConfig([5, '10%', '40%', '100%']),
  };
  writeFileSync(file, JSON.stringify(config));
  const env = { FAIRLEAD_CONFIG: file, DATABASE_URL: `file:${join(bench.folder, 'large-deploy.db')}` };
  const { slack, peakMb, residentMb } = await bench.start(OURS, env);
  const before = residentMb();
  const person = 'U0DEV1';
  const where = { channel: CHANNEL, as: person, timeoutMs: 300_000 };

  const planned = await timed(() => slack.type({ person, channel: CHANNEL, text: '/deploy shop 2.0.0' }));
  const card = await slack.waitFor(({ blocks }) => says(blocks, '/dock approve'), where);
  bench.fact(`/deploy to ${HOSTS} hosts, acknowledged`, planned, 'ms', 3000);
  const took = await timed(async () => {
    await slack.click({ person, message: card, label: 'Deploy' });
    await slack.waitFor(({ ts, blocks }) => ts === card.ts && says(blocks, 'Retry'), where);
  });
  bench.fact('  from the click to the verdict', took / 1000, 's');
  const versions = Map.groupBy(fleet.all, ({ state }) => shopOn(state));
  bench.fact('  hosts on the new version', versions.get('2.0.0')?.length ?? 0, '');
  bench.fact('  hosts on the old version', versions.get('1.0.0')?.length ?? 0, '');
  bench.fact('  hosts on neither', versions.get(undefined)?.length ?? 0, '', 0);
  bench.fact('  most memory added', peakMb() - before, 'MiB');
}
