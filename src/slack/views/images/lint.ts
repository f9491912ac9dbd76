import type { KnownBlock } from '@slack/types';
import { lint } from '../../../commands/images/lint.ts';
import { type Finding, SEVERITIES, type Severity } from '../../../dockerfile/finding.ts';
import type { LintReport } from '../../../handlers/images/lint/results.ts';
import { lint as handler } from '../../../handlers/images/lint.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer, aside, form } from '../../reply/reply.ts';
import { lintForm } from './lint-form.ts';

const ICONS: Readonly<Record<Severity, string>> = {
  error: ':x:',
  warning: ':warning:',
  info: ':information_source:',
  style: ':art:',
};

/** A suggestion up to this length is shown in the message too, in characters. */
const MOST_SNIPPET = 1500;
/** What the list of findings takes of the message; all of them are in a file when there are more. */
const MOST_LISTED = 6000;

/** A Dockerfile's findings: how bad it is, then what to change, worst first, then the text that does it. */
export function lintView(report: LintReport): Message {
  const { name, findings, suggestion, counts } = report;
  const total = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  const verdict = total === 0 ? 'Nothing to change' : wordsOf(counts);
  const blocks = listed(
    findings.map((finding) => ({ line: `${ICONS[finding.severity]} ${lineOf(finding)}` })),
    (count) => `${plural(count + total - findings.length, 'more finding')}, in the file`,
    { room: MOST_LISTED },
  );
  const isLong = JSON.stringify(blocks).includes('more finding');
  return {
    text: `${verdict} in ${plain(name)}`,
    blocks: [section(`${iconOf(counts)} *${verdict}* in ${inline(name)}`), ...blocks, ...suggested(report)],
    files: [
      ...(suggestion
        ? [{ name: 'Dockerfile.suggested', title: `Suggested: ${cut(name, 150)}`, content: suggestion.text }]
        : []),
      ...(isLong ? [{ name: 'findings.txt', title: `Findings: ${cut(name, 150)}`, content: textOf(report) }] : []),
    ],
  };
}

const NOUNS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  style: 'remark on style',
};

const wordsOf = (counts: LintReport['counts']): string =>
  SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => plural(counts[severity], NOUNS[severity], severity === 'style' ? 'remarks on style' : undefined))
    .join(', ');

function iconOf(counts: LintReport['counts']): string {
  const worst = SEVERITIES.find((severity) => counts[severity] > 0);
  return worst === undefined ? ':white_check_mark:' : ICONS[worst];
}

const lineOf = ({ line, rule, says }: Finding): string => `${line}  *${rule}*  ${prose(says)}`;

function suggested({ suggestion, findings, isMasked }: LintReport): KnownBlock[] {
  if (!suggestion)
    return findings.length === 0
      ? []
      : [context('Nothing of this can be mended without knowing more than the file says.')];
  const { fixed, before, after, text } = suggestion;
  const left = after === 0 ? 'nothing left to do' : `${after} left to do by hand`;
  return [
    section(
      `*Suggested: ${before - after} of ${before} findings gone*, ${left}. Review it: it was checked to parse, not built.`,
    ),
    ...(text.length <= MOST_SNIPPET ? [preformatted(text.trimEnd())] : []),
    context(
      `Changed for ${fixed.join(', ')}.${isMasked ? ' What looks like a secret is masked: keep your own text there.' : ''}`,
    ),
  ];
}

/** All findings as plain text, as hadolint prints them. */
const textOf = ({ findings }: LintReport): string =>
  findings.map(({ line, rule, severity, says }) => `${line} ${rule} ${severity}: ${says}`).join('\n');

export const lintCommand = command({
  spec: lint,
  handler,
  delivery: ['message', 'form'],
  view(result) {
    if (result.kind === 'lint') return answer(lintView(result));
    const text = `Share the Dockerfile in a message that says *@fairlead lint*, or name a repository of the config: ${slash('lint shop')}.`;
    return form(
      (place) => lintForm(result, place),
      aside({ text: text.replaceAll(/[`*]/gu, ''), blocks: [section(text)] }),
    );
  },
  progress: 'none',
  approval: 'none',
  opensForm: ({ args, attached }) => args.source === undefined && !attached,
});
