import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SPECS } from '../../../src/commands/index.ts';
import { parseLine } from '../../../src/commands/language/parse.ts';
import type { UpdateArgs } from '../../../src/commands/lifecycle/update.ts';
import { parseConfig } from '../../../src/config.ts';
import { changed, limitFacts } from '../../../src/handlers/lifecycle/limits.ts';
import { limitUpdateOf } from '../../../src/handlers/lifecycle/update.ts';
import { judge } from '../../../src/policy/guardrails.ts';

const { guardrails } = parseConfig(
  JSON.stringify({
    slack: { team: 'T0TEAM' },
    hosts: { one: { url: 'unix:///x' } },
    channels: {},
    guardrails: { require: ['memory', 'pids', 'restart'] },
  }),
  'test.yml',
  {},
);

const LIMITED = {
  memory: 64_000_000,
  memorySwap: 128_000_000,
  nanoCpus: 0,
  pids: 100,
  restart: { name: 'always', maximumRetryCount: 0 },
};

/** An option in each of docker's spellings. */
const spelt = (names: readonly string[], value: string) =>
  fc.constantFrom(
    ...names.flatMap((name) => [`${name} ${value}`, `${name}=${value}`, `${name} "${value}"`, `${name}="${value}"`]),
  );

const option = fc.oneof(
  fc
    .constantFrom('-1', '0', '00', '-0', '50', '999')
    .chain((value) => spelt(['--pids-limit', '-pids-limit', '—pids-limit'], value)),
  fc.constantFrom('no', 'No', 'always', 'on-failure:3', '').chain((value) => spelt(['--restart', '-restart'], value)),
  fc
    .constantFrom('0', '0m', '-1', '0b', '512m', '1G', '512MB')
    .chain((value) => spelt(['--memory', '-m', '-memory'], value)),
  fc.constantFrom('-1', '0', '2g').chain((value) => spelt(['--memory-swap'], value)),
  fc.constantFrom('0', '.5', '2').chain((value) => spelt(['--cpus'], value)),
);

it('an update leaves a container with every limit that is required, however it is spelt, or is refused', () => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(option, { minLength: 1, maxLength: 4 }), (options) => {
      let args: UpdateArgs;
      try {
        args = parseLine(`docker update ${options.join(' ')} shop`, SPECS).args as UpdateArgs;
      } catch {
        return;
      }
      const is = changed(LIMITED, limitUpdateOf(args));
      // By what was typed, not by what was made of it; memory cannot be spelt away.
      const { memory = 1, pidsLimit = 100, restart = 'always' } = args;
      const isWhole = memory > 0 && pidsLimit > 0 && restart !== 'no';
      const forbidden = judge(limitFacts(LIMITED, is), guardrails).refused.length > 0;
      expect(forbidden, options.join(' ')).toBe(!isWhole);
      if (forbidden) refused += 1;
      else taken += 1;
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(100);
});
