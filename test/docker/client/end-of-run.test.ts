import { expect, it, onTestFinished } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { endOfRun } from '../../../src/docker/client/end-of-run.ts';
import { type Answer, chunks, fakeEngine, ID, json } from '../fake-engine.ts';

const BETWEEN = { since: '2026-11-28T00:00:00.5Z', until: '2026-11-28T00:00:01.000000007+00:00' };

/** An engine whose events are these. */
async function saying(events: Answer) {
  const fake = await fakeEngine({ 'GET /events': events });
  const engine = connectEngine({ kind: 'unix', socketPath: fake.socketPath });
  onTestFinished(async () => {
    await engine.close();
    await fake[Symbol.asyncDispose]();
  });
  return { fake, end: async () => endOfRun(await engine.containerEvents(ID, BETWEEN)) };
}

const died = (exitCode: unknown) => JSON.stringify({ Action: 'die', Actor: { Attributes: { exitCode } } });

it('the last end in that time counts, however the answer is cut into pieces', async () => {
  const lines = [died('3'), '{"Action":"exec_die","Actor":{"Attributes":{"exitCode":"1"}}}', died('7'), ''].join('\n');
  const { fake, end } = await saying(chunks([lines.slice(0, 20), lines.slice(20, 21), lines.slice(21)]));

  expect(await end()).toEqual({ exitCode: 7, outOfMemory: false });

  const { line } = fake.asked.at(-1) ?? { line: '' };
  const query = new URLSearchParams(line.split('?')[1]);
  expect(query.get('since')).toBe('1795824000.500000000');
  expect(query.get('until')).toBe('1795824001.000000007');
  expect(JSON.parse(query.get('filters') ?? '')).toEqual({ type: ['container'], container: [ID] });
});

it.each([
  ['', undefined, false],
  ['not JSON\n[]\nnull\n{"Action":7}\n', undefined, false],
  [`${died({ toString: 1 })}\n`, undefined, false],
  [`${died('')}\n`, undefined, false],
  [`{"Action":"oom"}\n${died('137')}\n`, 137, true],
])('of what is no such event nothing is made: %j', async (text, exitCode, outOfMemory) => {
  const { end } = await saying(chunks([text]));
  expect(await end()).toEqual({ exitCode, outOfMemory });
});

it('more than an engine keeps is not read to its end, and a refusal is one', async () => {
  const { end } = await saying(chunks(Array.from({ length: 5 }, () => 'x'.repeat(64 * 1024))));
  await expect(end()).rejects.toMatchObject({ fault: 'too_large' });
  const refused = await saying(json({ message: 'not allowed' }, 403));
  await expect(refused.end()).rejects.toMatchObject({ status: 403 });
});
