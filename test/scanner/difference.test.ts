import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Finding, findingKey, SEVERITIES, worstFirst } from '../../src/domain/finding.ts';
import { compareFindings } from '../../src/domain/finding-difference.ts';

const few = (letters: string) => fc.constantFrom(...letters.split(''));
const finding: fc.Arbitrary<Finding> = fc.record({
  id: few('abcd'),
  packageName: few('pqr'),
  path: fc.option(few('xy'), { nil: undefined }),
  version: few('12'),
  fixedIn: fc.option(few('34'), { nil: undefined }),
  severity: fc.constantFrom(...SEVERITIES),
  status: fc.constant('affected' as const),
  knownExploited: fc.option(fc.boolean(), { nil: undefined }),
  epss: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
});
const report = fc.array(finding, { maxLength: 40 });
const keys = (findings: readonly Finding[]) => findings.map(findingKey).toSorted();
const unique = (findings: readonly Finding[]) => [...new Set(keys(findings))];

it('introduced, kept and fixed are the whole of both reports, each once', () => {
  fc.assert(
    fc.property(report, report, (before, after) => {
      const { introduced, kept, fixed } = compareFindings(before, after);
      expect(keys([...introduced, ...kept, ...fixed])).toEqual(unique([...before, ...after]));
      expect(keys([...introduced, ...kept])).toEqual(unique(after));
      expect(keys([...fixed, ...kept])).toEqual(unique(before));
    }),
  );
});

it('the other way round, what was introduced is fixed', () => {
  fc.assert(
    fc.property(report, report, (before, after) => {
      const there = compareFindings(before, after);
      const back = compareFindings(after, before);
      expect(keys(back.fixed)).toEqual(keys(there.introduced));
      expect(keys(back.kept)).toEqual(keys(there.kept));
    }),
  );
});

it('a new version of a package with the same vulnerability introduces nothing', () => {
  const old: Finding = { id: 'CVE-1', packageName: 'zlib', version: '1', severity: 'HIGH', status: 'affected' };

  expect(compareFindings([old], [{ ...old, version: '2' }])).toMatchObject({ introduced: [], fixed: [] });
});

it('what is exploited now comes first, then what is likely to be, then by severity', () => {
  fc.assert(
    fc.property(report, (findings) => {
      const sorted = findings.toSorted(worstFirst);
      for (const [index, one] of sorted.entries()) {
        const next = sorted[index + 1];
        if (!next) continue;
        expect(worstFirst(one, next)).toBeLessThanOrEqual(0);
        expect(Number(one.knownExploited === true)).toBeGreaterThanOrEqual(Number(next.knownExploited === true));
      }
    }),
  );
  const base: Finding = { id: 'CVE-1', packageName: 'a', version: '1', severity: 'LOW', status: 'affected' };
  const order = [
    { ...base, id: 'exploited', knownExploited: true },
    { ...base, id: 'likely', epss: 0.5 },
    { ...base, id: 'unlikely but critical', severity: 'CRITICAL' as const, epss: 0.0001 },
    { ...base, id: 'high', severity: 'HIGH' as const },
  ];
  expect(order.toReversed().toSorted(worstFirst)).toEqual(order);
});
