import type { Finding } from '../../src/dockerfile/finding.ts';
import { lintDockerfile } from '../../src/dockerfile/lint.ts';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import type { LintReport } from '../../src/handlers/images/lint/results.ts';
import type { Picture } from './fixtures.ts';

const TEXT = `FROM node:20
MAINTAINER dana
WORKDIR /app
ADD . .
RUN npm ci
RUN apt-get update && apt-get install -y curl
ENV DB_PASSWORD=***
CMD node server.js
`;
const SUGGESTED = `FROM node:20
LABEL org.opencontainers.image.authors="dana"
WORKDIR /app
COPY package.json package-lock.json* npm-shrinkwrap.json* ./
RUN npm ci
COPY . .
RUN apt-get update && apt-get install --no-install-recommends -y curl \\
    && rm -rf /var/lib/apt/lists/*
ENV DB_PASSWORD=***
USER node
CMD ["node", "server.js"]
`;

const findings = lintDockerfile(parseDockerfile(TEXT));
const countsOf = (all: readonly Finding[]): LintReport['counts'] => {
  const of = (severity: Finding['severity']) => all.filter((one) => one.severity === severity).length;
  return { error: of('error'), warning: of('warning'), info: of('info'), style: of('style') };
};
const report: LintReport = {
  kind: 'lint',
  name: 'api/Dockerfile of shop at main',
  counts: countsOf(findings),
  findings,
  suggestion: { text: SUGGESTED, fixed: ['DL3020', 'DL3025', 'DL4000', 'FL1001'], before: findings.length, after: 4 },
  isMasked: true,
  audit: '',
};
const many = Array.from({ length: 400 }, (_, at) =>
  findings.map((one) => ({ ...one, line: one.line + at * 8 })),
).flat();

export const LINT: readonly Picture[] = [
  { name: 'lint', command: 'lint', result: report },
  {
    name: 'lint-clean',
    command: 'lint',
    result: { ...report, counts: countsOf([]), findings: [], suggestion: undefined, isMasked: false },
  },
  {
    name: 'lint-many',
    command: 'lint',
    result: {
      ...report,
      counts: countsOf(many),
      findings: many.slice(0, 1000),
      suggestion: undefined,
      isMasked: false,
    },
  },
  { name: 'lint-form', command: 'lint', result: { kind: 'lint-form', line: 'lint', audit: 'form' } },
];
