import { expect, it } from 'vitest';
import { inOwnNetwork, isRoot } from '../paced/own-network.ts';

interface Asked {
  readonly ms: number;
  readonly failed?: string;
}

it.skipIf(!isRoot)(
  'registries and receivers about whose names DNS is silent hold up no lookup of another name',
  async () => {
    const program = new URL('silent-dns.ts', import.meta.url);
    const { slack, known, silent, receiver } = JSON.parse(await inOwnNetwork(program)) as {
      readonly slack: Asked;
      readonly known: Asked;
      readonly silent: readonly Asked[];
      readonly receiver: Asked;
    };

    expect([slack.failed, known.failed]).toEqual([undefined, undefined]);
    // The system's resolver asks twice, with five seconds for each.
    for (const { ms } of [slack, known]) expect(ms).toBeLessThan(2900);
    for (const { failed } of [...silent, receiver]) expect(failed).toContain('EAI_AGAIN');
    for (const { ms } of [...silent, receiver]) expect(ms).toBeLessThan(4800);
  },
  60_000,
);
