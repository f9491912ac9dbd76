import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalSlack, TEAM } from '../playground/server/index.ts';
import type { BenchEnvironment } from './environment.ts';
import { median, timed } from './measure.ts';
import { OURS } from './process.ts';
import { docker, env, run, type Shop, STABLE_MS } from './shop.ts';

const ROUNDS = 7;

const SCRIPT = `set -e
docker create --name theirs.candidate --network none --restart no --memory 64m "$1" >/dev/null
docker update --restart no theirs >/dev/null; docker stop theirs >/dev/null
docker rename theirs "theirs.prev-$2"; docker rename theirs.candidate theirs
docker start theirs >/dev/null
until [ "$(docker inspect -f '{{.State.Health.Status}}' theirs)" = healthy ]; do sleep 0.05; done
sleep ${STABLE_MS / 1000}
[ "$(docker inspect -f '{{.State.Health.Status}} {{.RestartCount}}' theirs)" = "healthy 0" ]
docker update --restart always theirs >/dev/null`;

/** The time from the click on Approve until the card says deployed, compared with a script of the same steps. */
export async function timeFromApproval(bench: BenchEnvironment, shop: Shop): Promise<void> {
  const as = ['--network', 'none', '--restart', 'always', '--memory', '64m'];
  for (const name of ['ours', 'theirs'])
    await docker(shop, ['run', '-d', '--name', name, ...as, `${shop.repository}:1`]);
  const { slack } = await bench.start(OURS, config(bench, shop));
  const took = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const tag = `${1 + (round % 2)}`;
    const approve = await requestDeploy(slack, tag);
    took.ours.push(await timed(approve));
    const image = `${shop.repository}:${tag}`;
    took.theirs.push(await timed(() => run('sh', ['-c', SCRIPT, 'sh', image, `${round}`], { env: env(shop) })));
  }
  bench.row({
    what: 'from the click to deployed and healthy',
    ours: median(took.ours),
    beside: 'a script of the same steps',
    theirs: median(took.theirs),
    asked: 1.05,
  });
}

const CHANNEL = 'C0PROD';

/** Requests a deploy. The function it returns approves it, and resolves when the card has the verdict. */
async function requestDeploy(slack: LocalSlack, tag: string): Promise<() => Promise<void>> {
  const where = { channel: CHANNEL, as: 'U0DEV1', timeoutMs: 60_000 };
  const before = new Set(slack.messages(where).map(({ ts }) => ts));
  await slack.type({ person: 'U0DEV1', channel: CHANNEL, text: `/deploy ours ${tag}` });
  const card = await slack.waitFor(
    (message) => !before.has(message.ts) && JSON.stringify(message.blocks).includes('Approve'),
    where,
  );
  return async () => {
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await slack.waitFor(({ ts, text }) => ts === card.ts && text.includes('is deployed'), where);
  };
}

function config(bench: BenchEnvironment, { socket, repository, auth }: Shop): NodeJS.ProcessEnv {
  const file = join(bench.folder, 'click.yml');
  const container = { name: 'ours', networks: [{ name: 'none' }], restart: 'always', memory: '64m' };
  writeFileSync(
    file,
    JSON.stringify({
      slack: { team: TEAM },
      hosts: { 'web-1': { url: `unix://${socket}` } },
      registries: { [auth.serverAddress]: { username: auth.username, password: `\${REGISTRY_PASSWORD}` } },
      groups: { oncall: { people: ['U0OPS1'] } },
      roles: { releaser: { commands: ['deploy'] } },
      channels: { [CHANNEL]: { grants: [{ role: 'releaser', hosts: 'all' }] } },
      approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
      services: {
        ours: {
          image: repository,
          hosts: 'all',
          container,
          rollout: { healthyWithin: '60s', stableFor: `${STABLE_MS / 1000}s`, keep: 1 },
        },
      },
    }),
  );
  return {
    FAIRLEAD_CONFIG: file,
    DATABASE_URL: `file:${join(bench.folder, 'click.db')}`,
    REGISTRY_PASSWORD: auth.password,
  };
}
