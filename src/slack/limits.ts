import type { KnownBlock } from '@slack/types';

/** What Slack would refuse: a reason code, Slack's own sentence, and where. */
export interface BlockProblem {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
}

type Json = Readonly<Record<string, unknown>>;
type Surface = 'message' | 'modal' | 'home';
interface Context {
  readonly surface: Surface;
  readonly seen: Map<string, Set<string>>;
  readonly used: { tables: number; cells: number; markdown: number };
  report(code: string, sentence: string, pointer: string): void;
}
type Check = (value: unknown, at: string, context: Context) => void;
type Fields = Readonly<Record<string, Check>>;

const string =
  (most: number, least = 1): Check =>
  (value, at, { report }) => {
    if (typeof value !== 'string') report('wrong_type', 'must be a string', at);
    else if (value.length < least) report('too_short', `must be more than ${least - 1} characters`, at);
    else if (value.length > most) report('too_long', `must be less than ${most + 1} characters`, at);
  };
const bool: Check = (value, at, { report }) => {
  if (typeof value !== 'boolean') report('wrong_type', 'must be a boolean', at);
};
const number =
  (least: number, most: number): Check =>
  (value, at, { report }) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) report('wrong_type', 'must be a number', at);
    else if (value < least || value > most) report('out_of_range', `must be between ${least} and ${most}`, at);
  };
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value, at, { report }) => {
    if (!allowed.includes(value)) report('not_allowed', `must be one of ${allowed.join(', ')}`, at);
  };
const list =
  (most: number, item: Check, least = 1): Check =>
  (value, at, context) => {
    if (!Array.isArray(value)) return context.report('wrong_type', 'must be an array', at);
    if (value.length < least) context.report('too_few', `no less than ${least} items allowed`, at);
    if (value.length > most) context.report('too_many', `no more than ${most} items allowed`, at);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, context);
  };
const unique =
  (kind: string): Check =>
  (value, at, context) => {
    string(255)(value, at, context);
    const seen = context.seen.get(kind) ?? new Set();
    context.seen.set(kind, seen);
    if (seen.has(String(value))) context.report('not_unique', `${kind} must be unique: ${value}`, at);
    seen.add(String(value));
  };

/** Exactly these fields: a name that ends in `!` has to be there. Slack refuses what it does not know. */
function object(fields: Fields): Check {
  const known = new Map(Object.entries(fields).map(([name, check]) => [name.replace('!', ''), check]));
  const required = Object.keys(fields).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []));
  return (value, at, context) => {
    if (!isObject(value)) return context.report('wrong_type', 'must be an object', at);
    for (const name of required)
      if (value[name] === undefined) context.report('missing', `missing required field: ${name}`, at);
    for (const [name, item] of Object.entries(value)) {
      const check = known.get(name);
      if (!check) context.report('unknown_field', `invalid additional property: ${name}`, at);
      else if (item !== undefined) check(item, `${at}/${name}`, context);
    }
  };
}

/** By `type`; every kind may say its type. */
function kinds(byType: Readonly<Record<string, Check | Fields>>): Check {
  const checks = new Map(
    Object.entries(byType).map(([type, found]) => [
      type,
      typeof found === 'function' ? found : object({ 'type!': oneOf(type), ...found }),
    ]),
  );
  return (value, at, context) => {
    const type = isObject(value) ? value['type'] : undefined;
    const check = typeof type === 'string' ? checks.get(type) : undefined;
    if (check) check(value, at, context);
    else context.report('unknown_type', `unsupported type: ${String(type)}`, `${at}/type`);
  };
}

const plain = (most: number) => kinds({ plain_text: { 'text!': string(most), emoji: bool } });
const text = (most: number) =>
  kinds({ plain_text: { 'text!': string(most), emoji: bool }, mrkdwn: { 'text!': string(most), verbatim: bool } });
const style = oneOf('primary', 'danger');
const confirm = object({
  title: plain(100),
  'text!': text(300),
  confirm: plain(30),
  deny: plain(30),
  style,
});
// Slack's schemas differ on an option's value, 75 or 150; the smaller one is always taken.
const option = object({ 'text!': text(75), value: string(75), description: text(75), url: string(3000) });
const options = list(100, option);
const groups = list(100, object({ 'label!': plain(75), 'options!': options }));
const actionId = unique('action_id');
const focus: Fields = { action_id: actionId, confirm, focus_on_load: bool };
const picker: Fields = { ...focus, placeholder: plain(150) };
const chosen = list(100, string(255));
const many: Fields = { ...picker, max_selected_items: number(1, 100) };
const where: Fields = { response_url_enabled: bool, default_to_current_conversation: bool };
const filter = object({
  include: list(4, oneOf('im', 'mpim', 'private', 'public')),
  exclude_external_shared_channels: bool,
  exclude_bot_users: bool,
});
const select = (fields: Fields): Check => {
  const check = object({ 'type!': string(30), ...fields, options, option_groups: groups });
  return (value, at, context) => {
    const { options: flat, option_groups: grouped } = isObject(value) ? value : {};
    if ((flat === undefined) === (grouped === undefined))
      context.report('missing', 'either options or option_groups is required', at);
    check(value, at, context);
  };
};

const picture: Check = (value, at, context) => {
  const { image_url: url, slack_file: file } = isObject(value) ? value : {};
  if ((url === undefined) === (file === undefined))
    context.report('missing', 'either image_url or slack_file is required', at);
};
const image: Fields = {
  'alt_text!': string(2000),
  image_url: string(3000),
  slack_file: object({ id: string(255), url: string(3000) }),
};
const typedImage = object({ 'type!': oneOf('image'), ...image });
const imageElement: Check = (value, at, context) => {
  picture(value, at, context);
  typedImage(value, at, context);
};
const imageBlock = object({
  'type!': oneOf('image'),
  block_id: unique('block_id'),
  ...image,
  title: plain(2000),
});

const pressed: Readonly<Record<string, Check | Fields>> = {
  button: {
    'text!': plain(75),
    action_id: actionId,
    value: string(2000),
    url: string(3000),
    style,
    confirm,
    accessibility_label: string(75),
  },
  overflow: { action_id: actionId, confirm, 'options!': list(5, option) },
  checkboxes: { ...focus, 'options!': list(10, option), initial_options: list(10, option) },
  radio_buttons: { ...focus, 'options!': list(10, option), initial_option: option },
  static_select: select({ ...picker, initial_option: option }),
  multi_static_select: select({ ...many, initial_options: options }),
  external_select: { ...picker, initial_option: option, min_query_length: number(0, 1000) },
  multi_external_select: { ...many, initial_options: options, min_query_length: number(0, 1000) },
  users_select: { ...picker, initial_user: string(255) },
  multi_users_select: { ...many, initial_users: chosen },
  channels_select: { ...picker, initial_channel: string(255), response_url_enabled: bool },
  multi_channels_select: { ...many, initial_channels: chosen },
  conversations_select: { ...picker, ...where, initial_conversation: string(255), filter },
  multi_conversations_select: { ...many, ...where, initial_conversations: chosen, filter },
  datepicker: { ...picker, initial_date: string(10, 10) },
  timepicker: { ...picker, initial_time: string(5, 5), timezone: string(255) },
  datetimepicker: { ...focus, initial_date_time: number(1_000_000_000, 9_999_999_999) },
};
const dispatch_action_config = object({
  trigger_actions_on: list(2, oneOf('on_enter_pressed', 'on_character_entered')),
});
const typed: Fields = {
  action_id: actionId,
  focus_on_load: bool,
  placeholder: plain(150),
  dispatch_action_config,
  initial_value: string(3000, 0),
};
const { button: _button, overflow: _overflow, ...asked } = pressed;

const richStyle = object({ bold: bool, code: bool, italic: bool, strike: bool, underline: bool });
const richText: Fields = { 'text!': string(40_000), style: richStyle };
const richLink: Fields = { 'url!': string(3000), text: string(40_000), unsafe: bool, style: richStyle };
const inline = kinds({
  text: richText,
  link: richLink,
  emoji: { 'name!': string(255), unicode: string(255), url: string(3000), style: richStyle },
  user: { 'user_id!': string(255), style: richStyle },
  usergroup: { 'usergroup_id!': string(255), style: richStyle },
  channel: { 'channel_id!': string(255), style: richStyle },
  team: { 'team_id!': string(255), style: richStyle },
  broadcast: { 'range!': oneOf('here', 'channel', 'everyone'), style: richStyle },
  color: { 'value!': string(255), style: richStyle },
  date: {
    'timestamp!': number(0, 9_999_999_999),
    'format!': string(255),
    url: string(3000),
    fallback: string(3000),
    style: richStyle,
  },
});
const border = oneOf(0, 1);
const some = (item: Check) => list(Number.POSITIVE_INFINITY, item);
const rich: Fields = {
  'elements!': some(
    kinds({
      rich_text_section: { 'elements!': some(inline) },
      rich_text_preformatted: {
        'elements!': some(kinds({ text: richText, link: richLink })),
        border,
        language: string(255),
      },
      rich_text_quote: { 'elements!': some(inline), border },
      rich_text_list: {
        'elements!': some(kinds({ rich_text_section: { 'elements!': some(inline) } })),
        'style!': oneOf('bullet', 'ordered'),
        indent: number(0, 8),
        offset: number(0, 10_000),
        border,
      },
    }),
  ),
};
const cell = kinds({
  raw_text: { 'text!': string(10_000) },
  raw_number: { 'value!': number(-Number.MAX_VALUE, Number.MAX_VALUE), 'text!': string(10_000) },
  rich_text: { block_id: unique('block_id'), ...rich },
});
const TABLE_CHARACTERS = 10_000;
const MARKDOWN_CHARACTERS = 12_000;

const tableBlock = object({
  'type!': oneOf('table'),
  block_id: unique('block_id'),
  'rows!': list(100, list(20, cell)),
  column_settings: list(20, object({ align: oneOf('left', 'center', 'right'), is_wrapped: bool })),
});
const table: Check = (value, at, context) => {
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

const block_id = unique('block_id');
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

const block = kinds({
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
  image(value, at, context) {
    picture(value, at, context);
    imageBlock(value, at, context);
  },
  input: {
    block_id,
    'label!': plain(2000),
    hint: plain(2000),
    optional: bool,
    dispatch_action: bool,
    'element!': kinds({
      ...asked,
      plain_text_input: { ...typed, multiline: bool, min_length: number(0, 3000), max_length: number(1, 3000) },
      email_text_input: typed,
      url_text_input: typed,
      number_input: {
        ...typed,
        'is_decimal_allowed!': bool,
        min_value: string(255),
        max_value: string(255),
      },
    }),
  },
  markdown,
  alert(value, at, context) {
    if (context.surface === 'modal') alertBlock(value, at, context);
    else context.report('not_allowed', 'unsupported type: alert', `${at}/type`);
  },
});

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

/** Every `text` under a value: what a reader sees of a table. */
function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + characters(item), 0);
  if (!isObject(value)) return 0;
  const own = typeof value['text'] === 'string' ? value['text'].length : 0;
  return own + characters(value['elements']);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
