import type { KnownBlock } from '@slack/types';
import { block } from './block-kit/blocks.ts';
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
} from './block-kit/checks.ts';
import { groups, option, plain } from './block-kit/objects.ts';

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

/** A view's blocks, if Slack will take them; otherwise none, and the text goes alone. */
export function sendable(message: { readonly text: string; readonly blocks: readonly KnownBlock[] }): {
  readonly blocks: KnownBlock[];
  readonly problems: readonly BlockProblem[];
} {
  const problems = checkMessage({ blocks: message.blocks });
  return { blocks: problems.length === 0 ? [...message.blocks] : [], problems };
}

function collect(surface: Surface, check: (context: Context) => void): BlockProblem[] {
  const problems: BlockProblem[] = [];
  check({
    surface,
    seen: new Map(),
    used: { tables: 0, cells: 0, markdown: 0 },
    report: (code, sentence, pointer) =>
      void problems.push({ code, message: `${sentence} [json-pointer:${pointer}]`, pointer }),
  });
  return problems;
}
