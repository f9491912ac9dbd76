import { expect, it } from 'vitest';
import { inOwnNetwork, isRoot } from '../../paced/own-network.ts';

it.skipIf(!isRoot)(
  'DNS that does not answer is named, delays no other host, and is not needed for a name it gave',
  async () => {
    const { first, silent, denied, gone } = JSON.parse(
      await inOwnNetwork(new URL('dns-away.ts', import.meta.url)),
    ) as Record<
      'first' | 'silent' | 'denied' | 'gone',
      { readonly host: string; readonly ms: number; readonly fault?: string; readonly said: string }[]
    >;

    const lost = first.filter(({ host }) => host.startsWith('lost-'));
    expect(lost).toHaveLength(5);
    for (const [index, { said, fault, ms }] of lost.entries()) {
      expect({ said, fault }).toEqual({
        fault: 'unreachable',
        said: `getaddrinfo EAI_AGAIN web-${index + 1}.lost.test (no answer from DNS within 3 s)`,
      });
      // Less than the five seconds of a call, after which nobody would know why.
      expect(ms).toBeLessThan(4800);
    }
    const others = first.filter(({ host }) => !host.startsWith('lost-'));
    expect(others.map(({ host, fault }) => [host, fault])).toEqual([
      ['known', undefined],
      ['in-file', undefined],
      ['by-address', undefined],
    ]);
    for (const { ms } of others) expect(ms).toBeLessThan(2900);

    expect(silent.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
    // A resolver that has lost its source says that there is no such name; a name that is gone stays so.
    expect(denied.map(({ fault }) => fault)).toEqual([undefined]);
    expect(gone).toMatchObject([{ fault: 'unreachable', said: 'getaddrinfo ENOTFOUND web.known.test' }]);
  },
  60_000,
);
