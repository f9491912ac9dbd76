import { bool, type Check, type Fields, isObject, list, number, object, oneOf, string, unique } from './checks.ts';
import { confirm, groups, option, options, plain, style } from './objects.ts';

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

/** What can be pressed or chosen, in a message or a view. */
export const pressed: Readonly<Record<string, Check | Fields>> = {
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
const { button: _button, overflow: _overflow, ...chosenFrom } = pressed;

/** What an input block asks with: choices, and what is typed. */
export const asked: Readonly<Record<string, Check | Fields>> = {
  ...chosenFrom,
  plain_text_input: { ...typed, multiline: bool, min_length: number(0, 3000), max_length: number(1, 3000) },
  email_text_input: typed,
  url_text_input: typed,
  number_input: { ...typed, 'is_decimal_allowed!': bool, min_value: string(255), max_value: string(255) },
};
