import { audit } from '../../../commands/access/audit.ts';
import type { AuditResult } from '../../../handlers/access/audit.ts';
import { audit as handler } from '../../../handlers/access/audit.ts';
import type { Request } from '../../../handlers/request.ts';
import { typedLine } from '../../block-kit/commands.ts';
import { context, type Message, section, table } from '../../block-kit/message.ts';
import { clock, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { pageAndShare } from '../parts/over-hosts.ts';

export function auditView(result: AuditResult, request: Request): Message {
  const rows = result.records.map((one) => [
    sayUtc(one.at, result.at),
    // Slack shows a person's name to every reader; an account of the machine has only its own.
    /^[UW][A-Z0-9]+$/u.test(one.person) ? { person: one.person } : one.person,
    typedLine(one.line, result.prefix),
    `${cameTo(one)}${one.operator === undefined ? '' : ` · by ${one.operator}`}`,
    one.hosts.join(', '),
    String(one.seq),
  ]);
  return {
    text: `${plural(rows.length, 'audited request')}`,
    blocks: [
      rows.length > 0
        ? table(['UTC', 'WHO', 'COMMAND', 'RESULT', 'HOSTS', '#'], rows)
        : section(result.page === 1 ? 'No request matches.' : `There is no page ${result.page}.`),
      context(`${clock(result.at)} · newest first`),
      // From beyond the end, back means to the beginning.
      ...pageAndShare(request, {
        page: rows.length > 0 ? result.page : Math.min(2, result.page),
        pages: result.more ? result.page + 1 : result.page,
      }),
    ],
  };
}

/** What was decided of a request, and its outcome. */
function cameTo({ kind, decision, reason, outcome, detail, ended }: AuditResult['records'][number]): string {
  const why = (word: string | undefined, more: string | undefined) => `${word}${more === undefined ? '' : `: ${more}`}`;
  if (kind === 'event' || kind === 'reopening') return why(outcome, detail ?? reason);
  if (decision === 'deny') return why('denied', reason);
  const asked = decision === 'needs-approval' ? 'needs approval · ' : '';
  return `${asked}${ended ? why(ended.outcome, ended.detail ?? ended.reason) : 'no outcome yet'}`;
}

/** `3 Mar 04:00:09`, and with the year when it is another: short enough to leave room beside it on a phone. */
function sayUtc(at: number, now: number): string {
  const date = new Date(at);
  const month = date.toLocaleString('en', { month: 'short', timeZone: 'UTC' });
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  return `${date.getUTCDate()} ${month}${year} ${date.toISOString().slice(11, 19)}`;
}

export const auditCommand = command({
  spec: audit,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(auditView(result, request)),
  progress: 'none',
  approval: 'none',
});
