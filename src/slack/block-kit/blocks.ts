import { chart } from './chart.ts';
import { bool, type Check, type Json, kinds, list, object, oneOf, string, unique } from './checks.ts';
import { asked, pressed } from './elements.ts';
import { imageBlock, imageElement } from './image.ts';
import { plain, text } from './objects.ts';
import { rich } from './rich-text.ts';
import { table } from './table.ts';

const block_id = unique('block_id');
const MARKDOWN_CHARACTERS = 12_000;
const markdownBlock = object({
  'type!': oneOf('markdown'),
  block_id: unique('block_id'),
  'text!': string(MARKDOWN_CHARACTERS),
});
const markdown: Check = (value, at, context) => {
  if (context.surface !== 'message') return context.report('not_allowed', 'unsupported type: markdown', `${at}/type`);
  markdownBlock(value, at, context);
  const { used } = context;
  const length = String((value as Json)['text']).length;
  const before = used.markdown;
  used.markdown += length;
  if (before > 0 && before <= MARKDOWN_CHARACTERS && used.markdown > MARKDOWN_CHARACTERS)
    context.report('too_long', `no more than ${MARKDOWN_CHARACTERS} characters of markdown allowed`, `${at}/text`);
};

const alertBlock = object({
  'type!': oneOf('alert'),
  block_id,
  'text!': text(3000),
  level: oneOf('default', 'info', 'warning', 'error', 'success'),
});
const sectionBlock = object({
  'type!': oneOf('section'),
  block_id,
  text: text(3000),
  fields: list(10, text(2000)),
  accessory: kinds({ ...pressed, image: imageElement }),
  expand: bool,
});

/** Any block, by its type. */
export const block = kinds({
  section(value, at, context) {
    const { text: words, fields } = value as Json;
    if (words === undefined && fields === undefined) context.report('missing', 'missing required field: text', at);
    sectionBlock(value, at, context);
  },
  header: { block_id, 'text!': plain(150) },
  divider: { block_id },
  context: {
    block_id,
    'elements!': list(10, kinds({ image: imageElement, plain_text: text(3000), mrkdwn: text(3000) })),
  },
  actions: { block_id, 'elements!': list(25, kinds(pressed)) },
  rich_text: { block_id, ...rich },
  table,
  data_visualization: chart,
  image: imageBlock,
  input: {
    block_id,
    'label!': plain(2000),
    hint: plain(2000),
    optional: bool,
    dispatch_action: bool,
    'element!': kinds(asked),
  },
  markdown,
  alert(value, at, context) {
    if (context.surface === 'modal') alertBlock(value, at, context);
    else context.report('not_allowed', 'unsupported type: alert', `${at}/type`);
  },
});
