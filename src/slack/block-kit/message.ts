import type {
  ActionsBlock,
  Button,
  ContextBlock,
  KnownBlock,
  RichTextBlock,
  SectionBlock,
  TableBlock,
} from '@slack/types';
import { cut } from '../../text/cut.ts';
import type { ChartBlock } from './chart.ts';
import { cutMrkdwn } from './text.ts';

export interface MessageFile {
  readonly name: string;
  readonly title: string;
  readonly content: string;
}

/** What a view gives: blocks for the eye, `text` for notifications, screen readers and Slack's refusals. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** Pictures of figures that the blocks say in words. Left out where Slack does not take them. */
  readonly charts?: readonly ChartBlock[];
  /** What is too long for a message. */
  readonly file?: MessageFile;
  /** What comes with a message, which says the rest. */
  readonly files?: readonly MessageFile[];
}

/** The same without its charts; undefined for a message that has none. */
export function withoutCharts({ charts, ...message }: Message): Message | undefined {
  return charts === undefined || charts.length === 0 ? undefined : message;
}

/** A little less than Slack takes in one section. */
export const MOST_SECTION = 2900;

export function section(mrkdwn: string): SectionBlock {
  return { type: 'section', text: mrkdwnOf(mrkdwn, MOST_SECTION) };
}

/** A section of a list with a button beside it, by its place there; without one where its line is too long for a button. */
export function sectionWith(mrkdwn: string, press: Press | undefined, index: number): SectionBlock {
  if (press === undefined || !fitsButton(press)) return section(mrkdwn);
  return { ...section(mrkdwn), accessory: { ...button(press, index), action_id: `row-${index}` } };
}

/** Lines in as many sections as they need: one that is too long would lose its end. */
export function sections(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const joined = `${texts.at(-1)}\n${line}`;
    if (texts.length > 0 && joined.length <= MOST_SECTION) texts[texts.length - 1] = joined;
    else texts.push(line);
  }
  return texts.map(section);
}

export function context(...mrkdwn: string[]): ContextBlock {
  return { type: 'context', elements: mrkdwn.slice(0, 10).map((text) => mrkdwnOf(text, 1900)) };
}

// Otherwise Slack would make links and mentions of what only looks like them.
const mrkdwnOf = (text: string, most: number) => ({
  type: 'mrkdwn' as const,
  text: cutMrkdwn(text, most),
  verbatim: true,
});

export function preformatted(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: text === '' ? ' ' : text.toWellFormed() }] },
    ],
  };
}

/** Text, or a person, whom Slack shows by name. */
export type Cell = string | { readonly person: string };

/**
 * A table. Slack refuses empty cells and more than 10,000 characters over all of them. Columns in `wrapped` break long
 * words instead of pushing the next column out of a phone's view.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { right = [], wrapped = [] }: { readonly right?: readonly number[]; readonly wrapped?: readonly number[] } = {},
): TableBlock {
  const budget = widest([head, ...rows].flat().map((cell) => (typeof cell === 'string' ? cell.length : 0)));
  return {
    type: 'table',
    column_settings: head.map((_, index) => ({
      align: right.includes(index) ? ('right' as const) : ('left' as const),
      ...(wrapped.includes(index) ? { is_wrapped: true } : {}),
    })),
    rows: [head, ...rows].map((row) => row.map((cell) => cellOf(cell, budget))),
  };
}

function cellOf(cell: Cell, budget: number): TableBlock['rows'][number][number] {
  if (typeof cell === 'string') return { type: 'raw_text', text: cut(cell.trim() === '' ? ' ' : cell, budget) };
  const user = { type: 'user' as const, user_id: cell.person };
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [user] }] };
}

const MOST_TABLE = 9500;

/** The length to which the longest cells have to be cut so that all fit together. */
function widest(lengths: readonly number[]): number {
  let room = MOST_TABLE;
  let left = lengths.length;
  for (const length of lengths.map((one) => Math.max(1, one)).toSorted((a, b) => a - b)) {
    if (length * left > room) return Math.floor(room / left);
    room -= length;
    left -= 1;
  }
  return MOST_TABLE;
}

export interface Press {
  readonly label: string;
  /** The command line the click gives. */
  readonly line: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
}

/** Slack refuses a longer value, and the whole message with it. */
const MOST_VALUE = 2000;

/** Every button is a command line; one that is too long for a button has to be typed. No block where none is left. */
export function buttons(presses: readonly Press[]): ActionsBlock[] {
  const short = presses.filter(fitsButton).slice(0, 25);
  return short.length === 0 ? [] : [{ type: 'actions', elements: short.map(button) }];
}

/** Whether a button can carry its line; `buttons` leaves out those that cannot. */
export const fitsButton = ({ line }: Pick<Press, 'line'>) => line.length <= MOST_VALUE && line.isWellFormed();

function button({ label, line, style, confirm }: Press, index: number): Button {
  return {
    type: 'button',
    action_id: `say-${index}`,
    text: { type: 'plain_text', text: cut(label, 70) },
    value: line,
    ...(style ? { style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: { type: 'plain_text', text: cut(confirm.title, 100) },
            text: mrkdwnOf(confirm.text, 300),
            confirm: { type: 'plain_text', text: cut(confirm.yes, 30) },
            deny: { type: 'plain_text', text: 'Cancel' },
          },
        }
      : {}),
  };
}

const ABOUT = /^about-([CGD][A-Z0-9]+)-/u;

/** Buttons about another channel than where they are shown: Slack gives their ids back with the click. */
export function aboutChannel(block: ActionsBlock, channel: string, index: number): ActionsBlock {
  const elements = block.elements.map((element, at) => ({ ...element, action_id: `about-${channel}-${index}-${at}` }));
  return { ...block, elements };
}

/** The channel that a button is about; undefined for the one it is in. */
export function channelOf(actionId: string): string | undefined {
  return ABOUT.exec(actionId)?.[1];
}
