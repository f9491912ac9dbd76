import type { KnownBlock } from '@slack/types';
import { writeCommandsInText } from './commands.ts';
import { unmasked } from './text.ts';

type Node = Readonly<Record<string, unknown>>;

/** Blocks as plain text, for a terminal. Says everything a person in Slack would see, buttons included. */
export function plainText(blocks: readonly KnownBlock[]): string {
  return blocks
    .map((block) => blockText({ ...block }))
    .filter((text) => text !== '')
    .join('\n');
}

function blockText(block: Node): string {
  switch (block['type']) {
    case 'section':
    case 'header':
      return readable(textOf(block['text']));
    case 'context':
      return (block['elements'] as Node[]).map((element) => readable(textOf(element))).join('  ');
    case 'actions':
      return (block['elements'] as Node[])
        .map((element) => `[ ${textOf(element['text'])} ] ${String(element['value'] ?? '')}`)
        .join('\n');
    case 'rich_text':
      return (block['elements'] as Node[])
        .map((element) => (element['elements'] as Node[]).map((part) => textOf(part)).join(''))
        .join('\n');
    case 'table':
      return tableText(block['rows'] as Node[][]);
    default:
      return '';
  }
}

function textOf(value: unknown): string {
  const text = value !== null && typeof value === 'object' ? (value as Node)['text'] : value;
  return typeof text === 'string' ? text : '';
}

/** A cell of plain text, or one with a person in it, by their id. */
function cellText(cell: Node): string {
  if (cell['type'] !== 'rich_text') return textOf(cell);
  const parts = (cell['elements'] as Node[]).flatMap((part) => part['elements'] as Node[]);
  return parts.map((part) => (typeof part['user_id'] === 'string' ? part['user_id'] : textOf(part))).join('');
}

function tableText(rows: readonly (readonly Node[])[]): string {
  const texts = rows.map((row) => row.map((cell) => cellText(cell).trim()));
  const widths = (texts[0] ?? []).map((_, index) => Math.max(...texts.map((row) => row[index]?.length ?? 0)));
  return texts
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

const EMOJI: Readonly<Record<string, string>> = {
  warning: '⚠',
  no_entry: '⛔',
  white_check_mark: '✔',
  large_green_circle: '●',
  red_circle: '●',
  arrow_down: '↓',
  hourglass: '⏳',
  hourglass_flowing_sand: '⏳',
  wastebasket: '🗑',
  information_source: 'ℹ',
  grey_question: '?',
  boom: '✖',
  raising_hand: '✋',
};

// Bold marks are dropped, dates become their fallback, entities their characters, and mentions show the id.
export function readable(mrkdwn: string): string {
  const text = writeCommandsInText(mrkdwn, '')
    .replace(/<([@#])([A-Z0-9]{1,30})>/gu, '$1$2')
    .replace(/<!date\^\d{1,20}\^[^|<>]{1,200}\|([^<>]*)>/gu, '$1')
    .replace(/<(https?:\/\/[^|<>]+)>/gu, '$1')
    .replace(/:([a-z_]+):/gu, (whole, name: string) => EMOJI[name] ?? whole)
    .replace(/\*([^*\n]+)\*/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return unmasked(text);
}

/**
 * mrkdwn for where Slack formats nothing, as under the fields of a form: no code marks, channels by their names, and people
 * and groups in words, since there is no name of theirs at hand.
 */
export function asPlainText(
  mrkdwn: string,
  channels: ReadonlyMap<string, { readonly name?: string | undefined }>,
): string {
  const named = mrkdwn
    .replace(/<@[UW][A-Z0-9]+(?:\|[^<>]*)?>/gu, 'somebody else')
    .replace(/<!subteam\^[A-Z0-9]+(?:\|[^<>]*)?>/gu, 'a group')
    .replace(/<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>/gu, (_, id: string) => {
      const name = channels.get(id)?.name;
      return name === undefined ? 'another channel' : `#${name}`;
    });
  const text = readable(named).replaceAll('`', '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
