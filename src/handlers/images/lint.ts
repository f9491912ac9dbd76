import type { LintArgs } from '../../commands/images/lint.ts';
import { type Finding, SEVERITIES } from '../../dockerfile/finding.ts';
import type { Dockerfile } from '../../dockerfile/model.ts';
import { MOST_LINES, MOST_TEXT, whyUnreadable } from '../../dockerfile/readable.ts';
import { UserError } from '../../domain/errors.ts';
import { createRedactor, type Redact, secretValues } from '../../policy/redact.ts';
import { cut } from '../../text/cut.ts';
import { cleanLines, textOf } from '../containers/file/clean.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request } from '../request.ts';
import type { LintForm, LintReport } from './lint/results.ts';

/** Bytes that are read of a file; a longer one is no Dockerfile. */
export const MOST_BYTES = 256 * 1024;
const MOST_FINDINGS = 1000;

/** Lints a Dockerfile from a form, a shared file, a message or a repository of the config. */
export const lint = handler<LintArgs, LintReport | LintForm>()(
  ['redact', 'sources'],
  async (request, { redact, sources }, { signal }) => {
    const given = await readGiven(request, sources, signal);
    if (!given) return { kind: 'lint-form', line: request.line, audit: 'form' };
    return reportOn(given, redact);
  },
);

interface Given {
  readonly name: string;
  readonly text: string;
}

async function readGiven(
  { args, attached }: Request<LintArgs>,
  sources: Deps['sources'],
  signal: AbortSignal,
): Promise<Given | undefined> {
  const { source, path = 'Dockerfile', ref } = args;
  if (source === undefined) {
    if (!attached) return undefined;
    return { name: cut(attached.name, 80), text: textIn(await attached.read(MOST_BYTES, signal)) };
  }
  if (attached)
    throw new UserError('bad_input', 'A text and a source were given.', 'Leave out one of them.', { field: 'text' });
  const bytes = await sources.read(source, { path, ref }, { most: MOST_BYTES, signal });
  return { name: `${path} of ${source}${ref === undefined ? '' : ` at ${ref}`}`, text: textIn(bytes) };
}

const refused = (what: string, hint?: string) => new UserError('bad_input', what, hint, { field: 'text' });

/** The text of a file that can be parsed. Throws a `UserError`. */
function textIn(bytes: Buffer): string {
  const text = textOf(bytes);
  if (text === undefined) throw refused('It is not a text file in UTF-8.', 'Share the Dockerfile itself.');
  switch (whyUnreadable(text)) {
    case 'empty':
      throw refused('There is nothing in it.', 'Paste or share a Dockerfile.');
    case 'not-text':
      throw refused('It has zero bytes in it, so it is no Dockerfile.');
    case 'too-long':
      throw new UserError('too_large', `It has more than ${MOST_TEXT} characters.`, 'A Dockerfile is shorter.', {
        field: 'text',
      });
    case 'too-many-lines':
      throw new UserError('too_large', `It has more than ${MOST_LINES} lines.`, 'A Dockerfile is shorter.', {
        field: 'text',
      });
    default:
      return text;
  }
}

async function reportOn({ name, text }: Given, redactKnown: Redact): Promise<LintReport> {
  const { parseDockerfile, lintDockerfile, suggestFor } = await loadLinter();
  const file = parseDockerfile(text);
  const findings = lintDockerfile(file);
  const own = createRedactor(secretsIn(file));
  const redact: Redact = (some) => redactKnown(own(some));
  const suggested = await suggestFor(text);
  const shown = suggested ? await cleanLines(suggested.text, redact) : '';
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
  ) as LintReport['counts'];
  return {
    kind: 'lint',
    name: redact(name),
    counts,
    findings: findings.slice(0, MOST_FINDINGS).map((finding): Finding => ({ ...finding, says: redact(finding.says) })),
    suggestion: suggested && {
      text: shown,
      fixed: suggested.fixed,
      before: findings.length,
      after: suggested.findings.length,
    },
    isMasked: suggested !== undefined && shown !== suggested.text,
    audit: `${redact(name)}: ${counts.error} errors, ${counts.warning} warnings`,
  };
}

/** The parser and the rules, which few ask for, are not loaded at the start. */
async function loadLinter() {
  const [{ parseDockerfile }, { lintDockerfile }, { suggestFor }] = await Promise.all([
    import('../../dockerfile/parse.ts'),
    import('../../dockerfile/lint.ts'),
    import('../../dockerfile/suggest.ts'),
  ]);
  return { parseDockerfile, lintDockerfile, suggestFor };
}

/** Values of variables that are secrets by their names, or look like ones. */
function secretsIn({ instructions }: Dockerfile): string[] {
  const pairs = instructions
    .filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG')
    .flatMap(({ words }) => {
      const [name, ...rest] = words.map(({ text }) => text);
      // `ENV NAME value`.
      return name !== undefined && !name.includes('=') ? [`${name}=${rest.join(' ')}`] : words.map(({ text }) => text);
    });
  return secretValues(pairs);
}
