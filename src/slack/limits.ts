import type { KnownBlock } from '@slack/types';

/** What Slack would refuse, in Slack's own form: a sentence and where. */
export interface BlockProblem {
  readonly message: string;
  readonly pointer: string;
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  section: ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'],
  header: ['type', 'block_id', 'text'],
  divider: ['type', 'block_id'],
  context: ['type', 'block_id', 'elements'],
  actions: ['type', 'block_id', 'elements'],
  rich_text: ['type', 'block_id', 'elements'],
  table: ['type', 'block_id', 'rows', 'column_settings'],
};

type Json = Readonly<Record<string, unknown>>;
type Report = (message: string, pointer: string) => void;

/** Checks a message against Block Kit's limits. Used before sending, by the tests, and by the local Slack. */
export function checkMessage(message: {
  readonly text?: string;
  readonly blocks?: readonly unknown[];
}): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const report: Report = (text, pointer) =>
    void problems.push({ message: `${text} [json-pointer:${pointer}]`, pointer });
  const blocks = message.blocks ?? [];
  if (blocks.length > 50) report('no more than 50 items allowed', '/blocks');
  const blockIds = new Set<string>();
  const actionIds = new Set<string>();
  let tables = 0;
  for (const [index, raw] of blocks.entries()) {
    const at = `/blocks/${index}`;
    const block = asObject(raw);
    const type = String(block['type']);
    const allowed = ALLOWED[type];
    if (!allowed) {
      report(`unsupported type: ${type}`, `${at}/type`);
      continue;
    }
    for (const key of Object.keys(block)) if (!allowed.includes(key)) report(`invalid additional property: ${key}`, at);
    if (block['block_id'] !== undefined) unique(blockIds, block['block_id'], 255, `${at}/block_id`, report);
    if (type === 'table') tables += 1;
    CHECKS[type]?.(block, at, report, actionIds);
  }
  if (tables > 1) report('only_one_table_allowed', '/blocks');
  return problems;
}

const CHECKS: Readonly<Record<string, (block: Json, at: string, report: Report, actionIds: Set<string>) => void>> = {
  section(block, at, report) {
    if (block['text'] === undefined && block['fields'] === undefined) report('missing required field: text', at);
    if (block['text'] !== undefined) textObject(block['text'], 3000, `${at}/text`, report);
    const fields = asList(block['fields']);
    if (fields.length > 10) report('no more than 10 items allowed', `${at}/fields`);
    for (const [index, item] of fields.entries()) textObject(item, 2000, `${at}/fields/${index}`, report);
  },
  header(block, at, report) {
    textObject(block['text'], 150, `${at}/text`, report, true);
  },
  context(block, at, report) {
    const elements = items(block['elements'], 10, `${at}/elements`, report);
    for (const [index, item] of elements.entries()) textObject(item, 3000, `${at}/elements/${index}`, report);
  },
  actions(block, at, report, actionIds) {
    const elements = items(block['elements'], 25, `${at}/elements`, report);
    for (const [index, item] of elements.entries())
      button(asObject(item), `${at}/elements/${index}`, report, actionIds);
  },
  rich_text(block, at, report) {
    for (const [index, raw] of items(block['elements'], 1000, `${at}/elements`, report).entries()) {
      const element = asObject(raw);
      const here = `${at}/elements/${index}`;
      if (
        !['rich_text_section', 'rich_text_preformatted', 'rich_text_quote', 'rich_text_list'].includes(
          String(element['type']),
        )
      )
        report(`unsupported type: ${element['type']}`, here);
      for (const [inner, part] of items(element['elements'], 1000, `${here}/elements`, report).entries()) {
        const { type, text } = asObject(part);
        if (type === 'text' && (typeof text !== 'string' || text.length === 0))
          report('must be more than 0 characters', `${here}/elements/${inner}/text`);
      }
    }
  },
  table(block, at, report) {
    let characters = 0;
    for (const [index, row] of items(block['rows'], 100, `${at}/rows`, report).entries()) {
      for (const [column, raw] of items(row, 20, `${at}/rows/${index}`, report).entries()) {
        const cell = asObject(raw);
        const here = `${at}/rows/${index}/${column}`;
        if (cell['type'] !== 'raw_text') report(`unsupported type: ${cell['type']}`, here);
        else if (typeof cell['text'] !== 'string' || cell['text'].length === 0)
          report('must be more than 0 characters', `${here}/text`);
        else characters += cell['text'].length;
      }
    }
    if (characters > 10_000) report('no more than 10000 characters allowed over all cells', at);
  },
};

function button(element: Json, at: string, report: Report, actionIds: Set<string>): void {
  if (element['type'] !== 'button') {
    report(`unsupported type: ${element['type']}`, `${at}/type`);
    return;
  }
  textObject(element['text'], 75, `${at}/text`, report, true);
  if (element['action_id'] !== undefined) unique(actionIds, element['action_id'], 255, `${at}/action_id`, report);
  if (element['value'] !== undefined) length(element['value'], 2000, `${at}/value`, report);
  if (element['style'] !== undefined && element['style'] !== 'primary' && element['style'] !== 'danger')
    report('must be one of primary, danger', `${at}/style`);
  if (element['confirm'] === undefined) return;
  const confirm = asObject(element['confirm']);
  textObject(confirm['title'], 100, `${at}/confirm/title`, report, true);
  textObject(confirm['text'], 300, `${at}/confirm/text`, report);
  for (const key of ['confirm', 'deny']) textObject(confirm[key], 30, `${at}/confirm/${key}`, report, true);
}

function textObject(raw: unknown, most: number, at: string, report: Report, plainOnly = false): void {
  const { type, text } = asObject(raw);
  if (type !== 'plain_text' && (plainOnly || type !== 'mrkdwn')) report(`unsupported type: ${type}`, `${at}/type`);
  length(text, most, `${at}/text`, report);
}

function length(value: unknown, most: number, at: string, report: Report): void {
  if (typeof value !== 'string') report('must be a string', at);
  else if (value.length === 0) report('must be more than 0 characters', at);
  else if (value.length > most) report(`must be less than ${most + 1} characters`, at);
}

function unique(seen: Set<string>, value: unknown, most: number, at: string, report: Report): void {
  length(value, most, at, report);
  if (seen.has(String(value))) report('must be unique', at);
  seen.add(String(value));
}

function items(value: unknown, most: number, at: string, report: Report): unknown[] {
  const list = asList(value);
  if (list.length === 0) report('no less than 1 item allowed', at);
  if (list.length > most) report(`no more than ${most} items allowed`, at);
  return list;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

/** A view's blocks, if Slack will take them; otherwise none, and the text goes alone. */
export function sendable(message: { readonly text: string; readonly blocks: readonly KnownBlock[] }): {
  readonly blocks: KnownBlock[];
  readonly problems: readonly BlockProblem[];
} {
  const problems = checkMessage(message);
  return { blocks: problems.length === 0 ? [...message.blocks] : [], problems };
}
