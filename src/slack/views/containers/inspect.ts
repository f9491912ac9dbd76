import type { KnownBlock } from '@slack/types';
import { type InspectArgs, inspect } from '../../../commands/containers/inspect.ts';
import type { Fact } from '../../../handlers/containers/inspect/facts.ts';
import { inspect as handler, type Inspected, type InspectResult } from '../../../handlers/containers/inspect.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { again, closing, share } from '../parts/over-hosts.ts';

/** Text that fits a message; a longer one is a file. */
const SHORT_TEXT = 2800;
/** Characters of one fact: of a hundred labels the first are shown, the others counted. */
const MOST_FACT = 500;
const MOST_VALUE = 200;

export function inspectView(result: InspectResult, request: Request<InspectArgs>): Message {
  const { found } = result;
  if (!found) return { text: 'No host answered', blocks: failureBlocks(result.failures) };
  const { kind, name, host, shown } = found;
  const title = `*${plain(name)}* on *${host}*`;
  const rest = [
    ...(found.left > 0 ? [context(`:warning: ${plural(found.left, 'part')} left out: the answer is too long.`)] : []),
    ...failureBlocks(result.failures),
    ...closing([], result),
  ];
  if (shown.as === 'facts')
    return {
      text: `${kind === 'image' ? 'Image' : 'Container'} ${plain(name)} on ${host}`,
      blocks: [
        section(`${kind === 'image' ? 'Image' : 'Container'} ${title}`),
        ...listed(shown.facts.map(entryOf), (count) => plural(count, 'more fact')),
        context('Values of environments are not shown; secrets elsewhere are masked.'),
        ...rest,
        ...more(found, request),
      ],
    };
  return {
    text: `${shown.as === 'json' ? 'Inspection' : 'Part of the inspection'} of ${plain(name)} on ${host}`,
    blocks: [section(title), ...textBlocks(shown, request), ...rest],
    ...(isFile(shown) ? { file: fileOf(found, shown, request) } : {}),
  };
}

function entryOf({ name, values, isCode }: Fact): { readonly line: string; readonly name: string } {
  const shown = values.map((value) => (isCode ? inline(value, MOST_VALUE) : plain(cut(value, MOST_VALUE))));
  const count = values.length > 1 && isCode ? ` (${values.length})` : '';
  return { name, line: `*${name}*${count}  ${isCode ? named(shown, MOST_FACT) : shown.join(' · ')}` };
}

type Text = Exclude<Inspected['shown'], { readonly as: 'facts' }>;

const isFile = ({ as, text }: Text) => as === 'json' || text.length > SHORT_TEXT;

function textBlocks(shown: Text, request: Request): KnownBlock[] {
  if (!isFile(shown)) return [preformatted(shown.text)];
  const start = shown.as === 'json' ? [] : [preformatted(`${cut(shown.text, SHORT_TEXT, '')}…`)];
  return [
    ...start,
    context(request.share ? 'All of it is in the file.' : 'All of it is in the file, in your direct messages.'),
  ];
}

function fileOf({ name, host }: Inspected, { as, text }: Text, request: Request): NonNullable<Message['file']> {
  const base = `${name}-${host}`.replace(/[^\w.-]+/gu, '-');
  return {
    name: `${cut(base, 80, '')}.${as === 'json' ? 'json' : 'txt'}`,
    title: cut(request.shownLine, 200),
    content: text,
  };
}

function more({ kind, name, host }: Inspected, request: Request): KnownBlock[] {
  return buttons([
    ...again(request, 'JSON', ['json']),
    ...(kind === 'container'
      ? [
          { label: 'Logs', line: `/logs ${name} @${host}` },
          { label: 'Stats', line: `/stats ${name} @${host}` },
        ]
      : []),
    ...share(request),
  ]);
}

export const inspectCommand = command({
  spec: inspect,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(inspectView(result, request)),
  progress: 'none',
  approval: 'none',
});
