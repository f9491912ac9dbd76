import type { Finding } from '../../src/domain/finding.ts';
import type { PlanVulnerabilities } from '../../src/handlers/deploy/planning/vulnerability-plan.ts';
import { groupByPackage } from '../../src/handlers/images/scan/groups.ts';
import type { ScanResult } from '../../src/handlers/images/scan.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { card, plan } from './cards.ts';
import { AT, DAY, MINUTE, OLI, type Picture, timed } from './fixtures.ts';

const finding = (id: string, packageName: string, more: Partial<Finding> = {}): Finding => ({
  id,
  packageName,
  version: '1.0',
  severity: 'HIGH',
  status: 'affected',
  ...more,
});

const OPENSSL = { version: '3.5.1-1', fixedIn: '3.5.1-1+deb13u2', status: 'fixed' as const };
const FINDINGS: readonly Finding[] = [
  finding('CVE-2026-1001', 'libssl3t64', { ...OPENSSL, severity: 'CRITICAL', knownExploited: true, epss: 0.91 }),
  finding('CVE-2026-1005', 'libssl3t64', { ...OPENSSL, epss: 0.02 }),
  finding('CVE-2026-2001', 'lodash', {
    version: '4.17.20',
    fixedIn: '4.17.21',
    path: 'app/node_modules/lodash/package.json',
    epss: 0.34,
  }),
  finding('CVE-2026-1002', 'libexpat1', { version: '2.7.1-2', severity: 'CRITICAL' }),
];

const result: ScanResult = {
  ...timed,
  image: 'harbor.example.com/devops/shop:2.4.1',
  target: { repository: 'harbor.example.com/devops/shop', digest: `sha256:${'ab12cd34'.repeat(8)}` },
  of: { host: 'web-1', container: 'shop' },
  warnings: [],
  scanner: { kind: 'trivy', version: '0.74.0' },
  scannedAt: AT - 3 * 60 * MINUTE,
  database: '2026-03-03T06:00:00Z',
  stale: undefined,
  os: 'debian 13.1',
  unjudged: [],
  feeds: { kev: { date: '2026-03-02', failed: undefined }, epss: { date: '2026-03-03', failed: undefined } },
  waived: [],
  waivedCount: 0,
  expired: [],
  counts: { CRITICAL: 2, HIGH: 2, MEDIUM: 41, LOW: 12, UNKNOWN: 0 },
  knownExploited: 1,
  groups: groupByPackage(FINDINGS),
  groupCount: 3,
  left: { unfixed: 0, otherSeverity: 53, suppressed: 0 },
  file: undefined,
  audit: '',
};

const none = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 };
const empty = {
  ...result,
  counts: none,
  knownExploited: 0,
  groups: [],
  groupCount: 0,
  left: { ...result.left, otherSeverity: 0 },
};
const waiver = {
  id: '',
  package: '',
  reason: 'The shop reads no certificates of others; the new base image comes on the 20th',
  approver: OLI,
};
const request = { line: 'scan shop --on web-1' };

const vulnerabilities: PlanVulnerabilities = {
  scanner: 'Trivy 0.74.0',
  scannedAt: AT,
  unjudged: [],
  introduced: FINDINGS.slice(0, 3),
  moreIntroduced: { ...none, MEDIUM: 4 },
  fixed: [FINDINGS[3] as Finding],
  fixedCount: 7,
  keptCount: 41,
  waived: [],
  uncompared: [],
};
const cardWith = (name: string, more: PlanVulnerabilities): Picture => ({
  name,
  command: 'deploy',
  result: undefined,
  message: cardView({ ...card, plan: { ...plan, vulnerabilities: more } }),
});

export const SCANS: readonly Picture[] = [
  cardWith('card-vulnerabilities', vulnerabilities),
  cardWith('card-vulnerabilities-none', { ...vulnerabilities, introduced: [], moreIntroduced: none }),
  cardWith('card-not-scanned', {
    ...vulnerabilities,
    unscanned: 'the scan was not done after 30 s. The scan goes on; ask again in a minute.',
  }),
  { name: 'scan', command: 'scan', result, request },
  {
    name: 'scan-waivers',
    command: 'scan',
    result: {
      ...result,
      groups: result.groups.slice(1),
      waivedCount: 1,
      waived: [{ finding: FINDINGS[0], waiver: { ...waiver, until: AT + 30 * DAY } }],
      expired: [{ finding: FINDINGS[3], waiver: { ...waiver, until: AT - 3 * DAY, approver: 'Security' } }],
    },
    request,
  },
  { name: 'scan-clean', command: 'scan', result: empty, request },
  {
    name: 'scan-not-judged',
    command: 'scan',
    result: { ...empty, os: 'alpine 3.10.2', unjudged: ['os_end_of_life'], of: undefined },
    request,
  },
  {
    name: 'scan-old',
    command: 'scan',
    result: {
      ...result,
      scannedAt: AT - 3 * DAY,
      stale: 'Trivy has no database and could not download one. Check that the scanner may download its database.',
    },
    request,
  },
];
