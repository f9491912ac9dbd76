/**
 * Reports in the shape of Trivy's JSON (`SchemaVersion` 2, pkg/types/report.go), as its own test data has it: keys, their
 * order, and which are left out where they are empty. The images and their findings are made up.
 */

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly version?: string;
  readonly fixed?: string;
  readonly severity?: string;
  readonly status?: string;
  readonly path?: string;
  readonly title?: string;
  readonly description?: string;
}

export const vulnerability = (entry: Entry) => ({
  VulnerabilityID: entry.id,
  ...(entry.path === undefined ? { PkgID: `${entry.name}@${entry.version ?? '1.0'}` } : {}),
  PkgName: entry.name,
  ...(entry.path === undefined ? {} : { PkgPath: entry.path }),
  PkgIdentifier: { PURL: `pkg:deb/debian/${entry.name}@${entry.version ?? '1.0'}?arch=amd64&distro=debian-13.1` },
  InstalledVersion: entry.version ?? '1.0',
  ...(entry.fixed === undefined ? {} : { FixedVersion: entry.fixed }),
  Status: entry.status ?? (entry.fixed === undefined ? 'affected' : 'fixed'),
  Layer: { Digest: `sha256:${'11'.repeat(32)}`, DiffID: `sha256:${'22'.repeat(32)}` },
  SeveritySource: 'nvd',
  PrimaryURL: `https://avd.example.com/nvd/${entry.id.toLowerCase()}`,
  Fingerprint: `sha256:${'33'.repeat(32)}`,
  DataSource: { ID: 'debian', Name: 'Debian Security Tracker', URL: 'https://example.com' },
  Title: entry.title ?? `${entry.name}: something is wrong`,
  Description: entry.description ?? `A longer text about ${entry.id}.`,
  Severity: entry.severity ?? 'MEDIUM',
  CweIDs: ['CWE-787'],
  CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 9.8 } },
  References: ['https://example.com/1', 'https://example.com/2'],
  PublishedDate: '2026-08-01T10:15:00Z',
  LastModifiedDate: '2026-08-02T10:15:00Z',
});

type Result = Readonly<Record<string, unknown>>;

export const osPackages = (entries: readonly Entry[], type = 'debian'): Result => ({
  Target: `harbor.example.com/devops/shop (${type} 13.1)`,
  Class: 'os-pkgs',
  Type: type,
  ...(entries.length === 0 ? {} : { Vulnerabilities: entries.map(vulnerability) }),
});

export const languagePackages = (type: string, entries: readonly Entry[]): Result => ({
  Target: type === 'gobinary' ? 'usr/local/bin/shop' : 'Node.js',
  Class: 'lang-pkgs',
  Type: type,
  ...(entries.length === 0 ? {} : { Vulnerabilities: entries.map(vulnerability) }),
});

/** Its account and a password in the environment of the image, which nobody may see. */
export const IMAGE_SECRET = 'hunter2-of-the-image';

export function trivyReport(
  results: readonly Result[] | undefined,
  os: Readonly<Record<string, unknown>> | 'none' = { Family: 'debian', Name: '13.1' },
) {
  return {
    SchemaVersion: 2,
    Trivy: { Version: '0.74.0' },
    ReportID: '01939f8c-0000-7000-8000-000000000000',
    CreatedAt: '2026-11-28T12:00:00.000000005Z',
    ArtifactID: `sha256:${'44'.repeat(32)}`,
    ArtifactName: 'harbor.example.com/devops/shop',
    ArtifactType: 'container_image',
    Metadata: {
      Size: 120_000_000,
      ...(os === 'none' ? {} : { OS: os }),
      ImageID: `sha256:${'55'.repeat(32)}`,
      DiffIDs: [`sha256:${'22'.repeat(32)}`],
      RepoDigests: [`harbor.example.com/devops/shop@sha256:${'66'.repeat(32)}`],
      ImageConfig: {
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/bin', `DB_PASSWORD=${IMAGE_SECRET}`] },
      },
      Layers: [{ Size: 80_000_000, Digest: `sha256:${'11'.repeat(32)}`, DiffID: `sha256:${'22'.repeat(32)}` }],
    },
    ...(results === undefined ? {} : { Results: results }),
  };
}

export const OPENSSL: Entry = {
  id: 'CVE-2026-1001',
  name: 'libssl3t64',
  version: '3.5.1-1',
  fixed: '3.5.1-1+deb13u2',
  severity: 'CRITICAL',
  title: 'openssl: heap overflow when a certificate is read',
};
export const EXPAT: Entry = { id: 'CVE-2026-1002', name: 'libexpat1', version: '2.7.1-2', severity: 'HIGH' };
export const ZLIB: Entry = { id: 'CVE-2026-1003', name: 'zlib1g', version: '1.3.1', fixed: '1.3.2', severity: 'LOW' };
export const LODASH: Entry = {
  id: 'CVE-2026-2001',
  name: 'lodash',
  version: '4.17.20',
  fixed: '4.17.21',
  severity: 'HIGH',
  path: 'app/node_modules/lodash/package.json',
};
export const GO_STDLIB: Entry = {
  id: 'CVE-2026-2002',
  name: 'stdlib',
  version: 'v1.26.1',
  fixed: '1.26.3, 1.25.9',
  severity: 'MEDIUM',
  path: 'usr/local/bin/shop',
};

/** Packages of a system and of two languages, secrets, misconfigurations and findings that were suppressed. */
export const shopReport = trivyReport([
  osPackages([OPENSSL, EXPAT, ZLIB]),
  languagePackages('node-pkg', [LODASH]),
  {
    ...languagePackages('gobinary', [GO_STDLIB]),
    ExperimentalModifiedFindings: [
      { Type: 'vulnerability', Status: 'not_affected', Statement: 'not called', Source: 'shop.vex', Finding: {} },
    ],
  },
  {
    Target: '/app/.env',
    Class: 'secret',
    Secrets: [{ RuleID: 'aws', Category: 'AWS', Severity: 'CRITICAL', Title: 'AWS key', StartLine: 1, Match: '****' }],
  },
  {
    Target: 'Dockerfile',
    Class: 'config',
    Type: 'dockerfile',
    Misconfigurations: [{ Type: 'Dockerfile Security Check', ID: 'DS002', Severity: 'HIGH', Status: 'FAIL' }],
  },
]);

export const endOfLifeReport = trivyReport([osPackages([], 'alpine')], {
  Family: 'alpine',
  Name: '3.10.2',
  EOSL: true,
});
export const unknownSystemReport = trivyReport([languagePackages('gobinary', [])], 'none');
export const unsupportedSystemReport = trivyReport([], { Family: 'slackware', Name: '15.0' });
export const emptyReport = trivyReport(undefined, 'none');
export const cleanReport = trivyReport([osPackages([])]);
