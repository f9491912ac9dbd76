import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';
import { messageOf } from '../../src/slack/views/answer.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { noteView } from '../../src/slack/views/deploy/notes.ts';
import { pullProgress } from '../../src/slack/views/images/pull.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { cardsOver, failuresOf, hostNames, over, PICTURES } from './many-hosts.ts';
import { shownResult } from './shown.ts';

const SIZE = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 500 }) }, fc.constantFrom(1, 7, 8, 9, 60, 500));

/** Everything there is to read in a message, its file too. */
function read({ blocks, file }: Message): string {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    else if (typeof value !== 'object' || value === null) return;
    else
      for (const [key, part] of Object.entries(value)) {
        if (key === 'text' && typeof part === 'string') texts.push(part);
        else walk(part);
      }
  };
  walk(blocks);
  return [...texts, file?.content ?? ''].join('\n');
}

/** How many names were left out, by what the message says: `and 31 more`, `… and 3 more hosts`. */
const saidLeft = (text: string) =>
  [...text.matchAll(/\band (\d+) (?:more|older)\b/gu)].reduce((sum, [, count]) => sum + Number(count), 0);

/** Nothing Slack would refuse, no text cut off at the end of its block, no name gone without a word. */
function mustBeWhole(message: Message, names: readonly string[]): string {
  expect(checkMessage(message)).toEqual([]);
  for (const block of message.blocks) {
    const texts =
      block.type === 'section' ? [block.text?.text] : block.type === 'context' ? block.elements.map(shown) : [];
    for (const text of texts) expect(text).not.toMatch(/…$/u);
  }
  const text = read(message);
  const missing = names.filter((name) => !text.includes(name));
  expect(saidLeft(text)).toBeGreaterThanOrEqual(missing.length);
  return text;
}

const shown = (element: { readonly type: string } | { readonly type: string; readonly text: string }) =>
  'text' in element ? element.text : '';

/** Views that say nothing of hosts, or page through them. */
const namesIn = (name: string, hosts: readonly string[]) =>
  ['hosts', 'pull', 'prune', 'prune-approved', 'whoami', 'home'].includes(name) ? hosts : [];

it.each(PICTURES.map((picture) => [picture.name, picture] as const))(
  'the view %s over up to 500 hosts is taken by Slack, and says what it leaves out',
  (name, picture) => {
    if (picture.message) return;
    fc.assert(
      fc.property(SIZE, SIZE, fc.boolean(), (good, bad, alike) => {
        const all = hostNames(good + bad);
        const failures = failuresOf(all.slice(good), alike);
        const many = over(picture, all.slice(0, good), failures);
        const request = requestOf(many);
        const message = shownResult(picture.command, many.result, request);
        const text = mustBeWhole(message, namesIn(name, all.slice(0, good)));
        const result = many.result as { failures?: readonly unknown[]; ms?: number; pages?: number };
        if (result.failures === undefined || name.startsWith('logs-follow')) return;
        mustBeWhole(message, all.slice(good));
        expect(message.text.length).toBeLessThan(3000);
        for (const reason of new Set(failures.slice(0, 20).map(({ summary }) => summary)))
          expect(text).toContain(reason);
        if (!['home', 'prune'].includes(picture.command) || name === 'prune-nothing') expect(text).toContain('412 ms');
        if ((result.pages ?? 1) > 1) expect(JSON.stringify(message.blocks)).toContain('--page 2');
      }),
      { numRuns: 12 },
    );
  },
  30_000,
);

it('the card over up to 500 hosts is taken by Slack in every state, and says what it leaves out', () => {
  fc.assert(
    fc.property(SIZE, (count) => {
      const hosts = hostNames(count);
      for (const card of cardsOver(hosts)) {
        const text = mustBeWhole(cardView(card), []);
        const confirms = cardView(card).blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
        for (const one of confirms)
          if (one.type === 'button' && one.confirm) expect(one.confirm.text.text).not.toMatch(/…$/u);
        if (card.deployment === undefined && card.state === 'pending') expect(text).toContain('Plan f00dbabe');
      }
    }),
    { numRuns: 20 },
  );
}, 30_000);

it('the card of a deployment on 500 hosts names those in trouble with their reasons, and counts the others by state', () => {
  const hosts = hostNames(500);
  const like = cardsOver(hosts).at(-2);
  if (!like?.deployment) throw new Error('no card');
  const verdictOf = (index: number) => ({
    verdict: index < 3 ? ('rolled_back' as const) : index < 68 ? ('skipped' as const) : ('deployed' as const),
    phase: 'gate' as const,
    why: index < 3 ? `Why ${hosts[index]} failed.` : index < 68 ? 'Skipped: one failed.' : 'It runs.',
    tryThis: '',
    ms: 1,
  });
  const each = like.deployment.hosts.map((host, index) => ({ ...host, phase: undefined, verdict: verdictOf(index) }));
  const text = mustBeWhole(cardView({ ...like, deployment: { ...like.deployment, hosts: each } }), []);

  for (const index of [0, 1, 2]) expect(text).toContain(`*${hosts[index]}*: Why ${hosts[index]} failed.`);
  expect(text).toContain('*65 hosts*: Skipped: one failed.');
  expect(text).toContain('*432 hosts* done: ');
});

it('progress of a pull over up to 500 hosts shows failures first and counts the rest', () => {
  fc.assert(
    fc.property(SIZE, (count) => {
      const hosts = hostNames(count);
      const [failure] = failuresOf(hosts.slice(-1), true);
      if (!failure) return;
      const states = [
        ...hosts.slice(0, -1).map((host) => ({ host, state: 'waiting' as const })),
        { host: failure.host, state: 'failed' as const, failure },
      ];
      const request = requestOf({ name: 'pull', command: 'pull', result: undefined });
      const text = mustBeWhole(pullProgress({ kind: 'pull', image: 'shop:1', hosts: states }, request), hosts);
      expect(text).toContain(`*${failure.host}*`);
    }),
  );
});

it('a refusal however long is said whole, or how much of it is not', () => {
  const refused = (text: string, hint: string) =>
    messageOf({ kind: 'refused', reason: 'conflict', text, hint, choices: [] });
  fc.assert(
    fc.property(SIZE, (count) => {
      const hosts = hostNames(count);
      const text = hosts.map((host) => `On ${host} another container has the port.`).join(' ');
      mustBeWhole(refused(text, `Leave them out: ${hosts.join(', ')}.`), hosts.slice(0, 200));
    }),
  );
});

it('the end of a long log of a version that failed is what its evidence shows', () => {
  const evidence = {
    state: 'exited',
    exitCode: 1,
    outOfMemory: false,
    restartCount: 0,
    error: '',
    healthLog: Array.from({ length: 5 }, (_, index) => `check ${index} ${'y'.repeat(900)}`),
    lastLines: Array.from({ length: 40 }, (_, index) => `line ${index} ${'x'.repeat(150)}`),
    strength: 'health check' as const,
  };
  const verdict = { verdict: 'rolled_back' as const, phase: 'gate' as const, why: 'It ended.', tryThis: '', ms: 1 };
  const text = read(noteView({ kind: 'evidence', host: 'web-1', verdict: { ...verdict, evidence } }));

  expect(text).toContain('line 39');
  expect(text).toContain('check 4');
});
