import { expect, it } from 'vitest';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const id = (start: string) => start.padEnd(64, '0');
const NOW = 1_000_000;
const CONTAINERS = [
  {
    Id: id('abcd1'),
    Names: ['/shop'],
    Image: 'shop:1',
    Command: 'run --password hunter2hunter',
    Created: NOW,
    State: 'running',
    Status: 'Up 2 hours',
    Labels: { team: 'web', password: 'S3cretOfALabel' },
    Ports: [
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    ],
  },
  {
    Id: id('beef2'),
    Names: ['/shop-worker'],
    Image: 'worker:1',
    Command: 'work',
    Created: NOW - 60,
    State: 'running',
    Status: 'Up 3 hours',
  },
  {
    Id: id('cafe3'),
    Names: ['/db'],
    Image: 'db:1',
    Command: 'db',
    Created: NOW - 120,
    State: 'running',
    Status: 'Up 4 hours',
  },
];

async function say(line: string) {
  await using engine = await fakeEngine({ 'GET /containers/json': json(CONTAINERS) });
  await using desk = await openDesk({ one: engine.socketPath }, ['ps']);
  return await desk.say(line);
}
const namesOf = async (line: string) => resultOf<PsResult>(await say(line)).rows.map(({ names }) => names);
const lines = async (line: string) => resultOf<PsResult>(await say(line)).lines?.text;

it('names and ids choose containers: a part of a name, or the beginning of an id', async () => {
  expect(await namesOf('/ps shop')).toEqual(['shop', 'shop-worker']);
  expect(await namesOf('/ps worker db')).toEqual(['shop-worker', 'db']);
  expect(await namesOf('/ps CAFE3')).toEqual(['db']);
  expect(await namesOf('/ps Shop cafe30000000')).toEqual(['shop', 'shop-worker', 'db']);
  expect(await namesOf('/ps caf')).toEqual([]);
});

it('-l and -n keep the newest of those', async () => {
  expect(await namesOf('/ps -l')).toEqual(['shop']);
  expect(await namesOf('/ps -n 1 worker db')).toEqual(['shop-worker']);
});

it('--format writes each container as docker does', async () => {
  expect(await lines('/ps --format "{{.Names}}: {{.Status}} {{.Ports}}" shop')).toBe(
    'shop: Up 2 hours 0.0.0.0:8080->80/tcp\nshop-worker: Up 3 hours ',
  );
  expect(await lines('/ps db --format "table {{.ID}}\\t{{.Names}}"')).toBe('CONTAINER ID   NAMES\ncafe30000000   db');
  expect((await lines('/ps --format json'))?.split('\n').map((line) => JSON.parse(line))).toMatchObject([
    { Names: 'shop', Host: 'one' },
    {},
    {},
  ]);
});

it('--format shows no secret of a command line or a label', async () => {
  const text = await lines('/ps --format "{{.Command}} {{.Labels}} {{json .}}"');

  expect(text).toContain('team=web');
  expect(text).not.toMatch(/hunter2|S3cret/u);
});

it('what is wrong with a template is said with its place', async () => {
  expect(await say('/ps --format "{{.Nmaes}}"')).toMatchObject({
    reason: 'bad_input',
    text: expect.stringMatching(/character 3.*`\.Names`/u),
  });
});
