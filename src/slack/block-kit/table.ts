import { bool, type Check, isObject, type Json, kinds, list, number, object, oneOf, string, unique } from './checks.ts';
import { rich } from './rich-text.ts';

const cell = kinds({
  raw_text: { 'text!': string(10_000) },
  raw_number: { 'value!': number(-Number.MAX_VALUE, Number.MAX_VALUE), 'text!': string(10_000) },
  rich_text: { block_id: unique('block_id'), ...rich },
});
const TABLE_CHARACTERS = 10_000;

const tableBlock = object({
  'type!': oneOf('table'),
  block_id: unique('block_id'),
  'rows!': list(100, list(20, cell)),
  column_settings: list(20, object({ align: oneOf('left', 'center', 'right'), is_wrapped: bool })),
});
/** A message may hold one. */
export const table: Check = (value, at, context) => {
  if (context.surface !== 'message') return context.report('not_allowed', 'unsupported type: table', `${at}/type`);
  tableBlock(value, at, context);
  const { used } = context;
  used.tables += 1;
  if (used.tables === 2) context.report('only_one_table_allowed', 'only_one_table_allowed', at);
  const before = used.cells;
  used.cells += characters((value as Json)['rows']);
  if (before <= TABLE_CHARACTERS && used.cells > TABLE_CHARACTERS)
    context.report('too_long', `no more than ${TABLE_CHARACTERS} characters allowed in table cells`, `${at}/rows`);
};
/** Every `text` under a value: what a reader sees of a table. */
function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + characters(item), 0);
  if (!isObject(value)) return 0;
  const own = typeof value['text'] === 'string' ? value['text'].length : 0;
  return own + characters(value['elements']);
}
