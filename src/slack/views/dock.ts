import type { CommandSpec } from '../../commands/define.ts';
import { fieldsOf, optionsOf, typed, usageHint } from '../../commands/define.ts';
import { SPECS } from '../../commands/index.ts';
import { saySize } from '../../commands/size.ts';
import type { AuditResult, CanResult, HelpResult, HostsResult, StopResult, WhoamiResult } from '../../handlers/dock.ts';
import type { Request } from '../../handlers/types.ts';
import { context, type Message, section, sections, table } from '../blocks.ts';
import { listed } from '../listed.ts';
import { clock, inline, plain, plural, prose, sentence } from '../text.ts';
import { failureBlocks } from './failures.ts';
import { mayLines } from './may.ts';
import { closing, pageAndShare, someHosts } from './over-hosts.ts';

/** What is said by pressing a button of a message, and seldom typed. */
const ON_BUTTONS = new Set(['approve', 'reject', 'plan', 'abort', 'continue', 'sign', 'stop']);

const specOf = (name: string): CommandSpec | undefined => SPECS.find((spec) => spec.name === name);

export function usageView(spec: CommandSpec, prefix: string): Message {
  const usage = `${typed(spec, prefix)} ${usageHint(spec)}`;
  const options = [...fieldsOf(spec).filter((item) => item.position !== undefined), ...optionsOf(spec)];
  const lines = options.map((item) => {
    const name =
      item.position !== undefined
        ? `<${item.value ?? item.key}>`
        : [item.short === undefined ? [] : `-${item.short}`, `--${item.option}`].flat().join(', ');
    return `${inline(`${name}${item.choices ? ` ${item.choices.join('|')}` : ''}`)}  ${prose(item.description)}`;
  });
  return {
    text: usage,
    blocks: [
      section(`*${typed(spec, prefix)}* · ${prose(spec.summary)}\n${inline(usage, 400)}`),
      section(lines.join('\n')),
      context(`For example: ${spec.examples.map((item) => inline(item.replace(/^\//u, `/${prefix}`))).join('  ')}`),
    ],
  };
}

export function helpView(result: HelpResult): Message {
  const detail = result.detail === undefined ? undefined : specOf(result.detail);
  if (detail) return usageView(detail, result.prefix);
  const line = ({ name }: HelpResult['commands'][number]) => {
    const spec = specOf(name);
    return spec ? `${inline(typed(spec, result.prefix))}  ${prose(spec.summary)}` : '';
  };
  const granted = result.commands.filter(({ name }) => specOf(name)?.access === 'granted');
  const open = result.commands.filter(({ name }) => specOf(name)?.access === 'open' && !ON_BUTTONS.has(name));
  const places = Map.groupBy(granted, ({ hosts }) => hosts.join(', '));
  const nothing = result.configured
    ? 'No role here gives you a command. `/dock whoami` says what I know of you.'
    : 'This channel is not in the config, so nothing can be done here.';
  return {
    text: granted.length > 0 ? `Here you may: ${granted.map(({ name }) => name).join(', ')}` : nothing,
    blocks: [
      ...(granted.length > 0 ? [] : [section(nothing)]),
      ...[...places].map(([hosts, commands]) =>
        section(
          `*What you may do here${hosts === '' ? '' : ` on ${someHosts(hosts.split(', '))}`}*\n${commands.map(line).join('\n')}`,
        ),
      ),
      section(`*For everybody*\n${open.map(line).join('\n')}`),
      context(
        '`/dock help <command>` or `<command> --help` for one of them. In a thread, mention me: `@fairlead logs shop`.',
      ),
    ],
  };
}

export function whoamiView(result: WhoamiResult): Message {
  const groups = result.groups.length > 0 ? result.groups.map((name) => `*${name}*`).join(', ') : 'none';
  const unread =
    result.unreadable.length > 0
      ? `\n:warning: Could not be read from Slack, so you do not count as a member: ${result.unreadable.join(', ')}`
      : '';
  const may = mayLines(result.may, 800);
  const text = `You are ${result.person}; groups: ${result.groups.join(', ') || 'none'}`;
  return {
    text,
    blocks: [
      section(
        `You are <@${result.person}> (${inline(result.person)}) in <#${result.channel}> (${inline(result.channel)}).\nGroups: ${groups}${unread}`,
      ),
      ...sections(['*Here you may*', ...(may.length > 0 ? may : ['nothing'])]),
    ],
  };
}

export function canView(result: CanResult): Message {
  const { decision } = result;
  const line = inline(`/dock ${result.line}`);
  const text =
    decision.kind === 'allow'
      ? `Yes: /dock ${result.line}`
      : decision.kind === 'needs-approval'
        ? `Yes, once approved: /dock ${result.line}`
        : `${decision.reason === 'host_needed' ? 'Say where' : 'No'}: ${decision.missing}`;
  const verdict =
    decision.kind === 'deny'
      ? `${decision.reason === 'host_needed' ? ':grey_question: *Say where.*' : ':no_entry: *No.*'} ${sentence(decision.missing)}\nReason: ${inline(decision.reason)}${decision.permitted.length > 0 ? ` · hosts you may use: ${someHosts(decision.permitted)}` : ''}${decision.who.length > 0 ? ` · who can: ${decision.who.join(', ')}` : ''}`
      : `${decision.kind === 'allow' ? ':white_check_mark: *Yes*' : `:raising_hand: *Yes, once somebody else from ${decision.from.join(' or ')} approves*`}${decision.hosts.length > 0 ? ` on ${someHosts(decision.hosts)}` : ''}`;
  return {
    text: plain(text),
    blocks: [section(`${line}\n${verdict}`), context(`Decided by ${inline(decision.rule)}`)],
  };
}

export function hostsView(result: HostsResult, request: Request): Message {
  const hosts = result.hosts.map(({ host, labels, version, info, disk, ms }) => {
    const tags = Object.entries(labels)
      .map(([key, value]) => inline(`${key}=${value}`))
      .join(' ');
    const counts = `${info.running} running of ${plural(info.containers, 'container')} · ${plural(info.images, 'image')}`;
    const bytes = disk
      ? ` · disk: images ${saySize(disk.imagesBytes)}, volumes ${saySize(disk.volumesBytes)}, cache ${saySize(disk.cacheBytes)}`
      : ' · disk use was not counted in time';
    return {
      name: host,
      line: `:large_green_circle: *${host}* ${tags}\n${plain(version.engine)} ${plain(version.version)} (API ${plain(version.apiVersion)}, ${plain(version.os)}/${plain(version.arch)}) · ${info.cpus} CPUs, ${saySize(info.memoryBytes)} memory\n${counts}${bytes} · answered in ${ms} ms`,
    };
  });
  return {
    text: `${result.hosts.length} up, ${result.failures.length} down`,
    blocks: [
      ...listed(hosts, (count) => plural(count, 'more host')),
      ...failureBlocks(result.failures),
      ...closing([], result, [`${result.hosts.length} up`, `${result.failures.length} down`]),
      ...pageAndShare(request),
    ],
  };
}

export function stopView(_: StopResult): Message {
  return { text: 'Stopped.', blocks: [section('Stopped.')] };
}

export function auditView(result: AuditResult, request: Request): Message {
  const rows = result.records.map((one) => [
    sayUtc(one.at, result.at),
    // Slack shows a person's name to whoever reads; an account of the machine has only its own.
    /^[UW][A-Z0-9]+$/u.test(one.person) ? { person: one.person } : one.person,
    `${specOf(one.command)?.slash ? '/' : '/dock '}${one.line}`,
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

/** What was decided of a request, and what came of it. */
function cameTo({ kind, decision, reason, outcome, detail, ended }: AuditResult['records'][number]): string {
  const why = (word: string | undefined, more: string | undefined) => `${word}${more === undefined ? '' : `: ${more}`}`;
  if (kind === 'event') return why(outcome, detail ?? reason);
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
