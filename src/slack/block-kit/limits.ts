import type { ContextBlock, KnownBlock } from '@slack/types';
import { block } from './blocks.ts';
import type { ChartBlock } from './chart.ts';
import {
  type BlockProblem,
  bool,
  type Context,
  type Fields,
  isObject,
  kinds,
  list,
  object,
  type Surface,
  string,
} from './checks.ts';
import { groups, option, plain } from './objects.ts';

export type { BlockProblem };

/** Checks a message against Block Kit's limits: before sending, in tests, and in the local Slack. */
export function checkMessage(message: {
  readonly text?: string | undefined;
  readonly blocks?: readonly unknown[] | undefined;
}): BlockProblem[] {
  return collect('message', (context) => {
    if (message.text !== undefined) string(40_000, 0)(message.text, '/text', context);
    list(50, block, 0)(message.blocks ?? [], '/blocks', context);
  });
}

/** Checks a modal or a home tab. */
export function checkView(view: unknown): BlockProblem[] {
  const home = isObject(view) && view['type'] === 'home';
  return collect(home ? 'home' : 'modal', (context) => {
    const common: Fields = {
      'blocks!': list(100, block),
      private_metadata: string(3000, 0),
      callback_id: string(255, 0),
      external_id: string(255, 0),
    };
    const modal: Fields = {
      ...common,
      'title!': plain(24),
      submit: plain(24),
      close: plain(24),
      clear_on_close: bool,
      notify_on_close: bool,
    };
    kinds({ home: common, modal })(view, '', context);
    if (!isObject(view)) return;
    const inputs =
      Array.isArray(view['blocks']) && view['blocks'].some((item) => isObject(item) && item['type'] === 'input');
    if (!home && inputs && view['submit'] === undefined)
      context.report('missing', 'missing required field: submit', '');
    if (new TextEncoder().encode(JSON.stringify(view)).length > 250_000)
      context.report('view_too_large', 'view_too_large', '');
  });
}

/** Checks what an app gives for a select that it fills. */
export function checkOptions(answer: unknown): BlockProblem[] {
  return collect('message', (context) => {
    const { options: flat, option_groups: grouped } = isObject(answer) ? answer : {};
    if ((flat === undefined) === (grouped === undefined))
      context.report('missing', 'either options or option_groups is required', '');
    object({ options: list(100, option, 0), option_groups: groups })(answer, '', context);
  });
}

const MOST_BLOCKS = 50;

/** A view's blocks, those that Slack would refuse replaced by a word about it: the rest of an answer still counts. */
export function sendable(message: {
  readonly blocks: readonly KnownBlock[];
  readonly charts?: readonly ChartBlock[];
}): {
  readonly blocks: (KnownBlock | ChartBlock)[];
  readonly problems: readonly BlockProblem[];
} {
  const all = [...message.blocks, ...(message.charts ?? [])];
  const problems = checkMessage({ blocks: all });
  if (problems.length === 0) return { blocks: all, problems };
  const refused = new Set(problems.map(({ pointer }) => Number(/^\/blocks\/(\d+)/u.exec(pointer)?.[1] ?? -1)));
  const blocks = all.map((one, index) => (refused.has(index) ? leftOut('A part') : one));
  if (blocks.length <= MOST_BLOCKS) return { blocks, problems };
  // What closes an answer says how old and how complete it is, and has its buttons.
  const end = blocks.slice(-CLOSING_BLOCKS);
  const start = blocks.slice(0, MOST_BLOCKS - 1 - CLOSING_BLOCKS);
  const count = blocks.length - start.length - end.length;
  return { blocks: [...start, leftOut(`${count} parts`), ...end], problems };
}

const CLOSING_BLOCKS = 8;

function leftOut(what: string): ContextBlock {
  const text = `:warning: ${what} of this answer is left out: Slack would refuse it.`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function collect(surface: Surface, check: (context: Context) => void): BlockProblem[] {
  const problems: BlockProblem[] = [];
  check({
    surface,
    seen: new Map(),
    used: { tables: 0, cells: 0, markdown: 0, charts: 0 },
    report: (code, sentence, pointer) =>
      void problems.push({ code, message: `${sentence} [json-pointer:${pointer}]`, pointer }),
  });
  return problems;
}
