import { BOT_ID, BOT_NAME, BOT_USER, type Channel, TEAM, type UserGroup } from '../defaults.ts';
import type { State } from '../state.ts';
import { type Fields, flag, text } from './fields.ts';
import { type Api, type Method, refuse } from './types.ts';

export const directory: Readonly<Record<string, Method>> = {
  'auth.test': (_, { url }) => ({
    ok: true,
    url: `${url()}/`,
    team: 'Fairlead',
    user: BOT_NAME,
    team_id: TEAM,
    user_id: BOT_USER,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  }),
  'apps.connections.open': (_, { socketUrl }) => ({ ok: true, url: socketUrl() }),
  'conversations.info'(fields, { state }) {
    const channel = shown(text(fields, 'channel'), state);
    return channel ? { ok: true, channel: wireChannel(channel) } : refuse('channel_not_found');
  },
  'conversations.members'(fields, { state }) {
    const channel = shown(text(fields, 'channel'), state);
    if (!channel) return refuse('channel_not_found');
    return { ok: true, members: channel.members, response_metadata: { next_cursor: '' } };
  },
  'users.info'(fields, { state }) {
    const id = text(fields, 'user');
    const name = id === BOT_USER ? BOT_NAME : state.people.get(id)?.name;
    if (name === undefined) return refuse('user_not_found');
    const { title = '', team = TEAM } = state.people.get(id) ?? {};
    const profile = { real_name: name, display_name: name, title };
    return {
      ok: true,
      user: { id, team_id: team, name, real_name: name, deleted: false, is_bot: id === BOT_USER, profile },
    };
  },
  // Private channels only where the app is a member.
  'users.conversations'(fields, { state }) {
    const user = text(fields, 'user');
    if (!state.people.has(user)) return refuse('user_not_found');
    const types = typesOf(fields);
    const channels = [...state.channels.values()].filter(
      ({ id, members, private: hidden = false }) =>
        !id.startsWith('D') && members.includes(user) && shown(id, state) && types.includes(hidden ? PRIVATE : PUBLIC),
    );
    return { ok: true, channels: channels.map(wireChannel), response_metadata: { next_cursor: '' } };
  },
  'usergroups.list': (fields, { state }) => ({ ok: true, usergroups: groups(fields, state) }),
  'usergroups.users.list'(fields, { state }) {
    const group = state.userGroups.get(text(fields, 'usergroup'));
    return group ? { ok: true, users: group.users } : refuse('no_such_subteam');
  },
};

/** The scope that a call needs; for conversations it depends on the kind of channel. */
export function scopeFor(method: string, fields: Fields, api: Api): string | undefined {
  if (method === 'users.conversations') {
    const needed = typesOf(fields).map((type) => (type === PRIVATE ? 'groups:read' : 'channels:read'));
    return needed.find((scope) => !api.scopes.has(scope));
  }
  if (!method.startsWith('conversations.')) return SCOPES[method];
  const id = text(fields, 'channel');
  const channel = shown(id, api.state);
  if (channel?.private) return 'groups:read';
  return channel && id.startsWith('D') ? 'im:read' : 'channels:read';
}

const PUBLIC = 'public_channel';
const PRIVATE = 'private_channel';

function typesOf(fields: Fields): string[] {
  const types = text(fields, 'types');
  return types === '' ? [PUBLIC] : types.split(',').map((type) => type.trim());
}

// For non-members, a private channel does not exist.
function shown(id: string, state: State): Channel | undefined {
  const channel = state.channels.get(id);
  return channel?.private && !channel.members.includes(BOT_USER) ? undefined : channel;
}

const SCOPES: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'users.info': 'users:read',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'files.info': 'files:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
};

function wireChannel({ id, name, members, private: hidden = false }: Channel): object {
  const direct = id.startsWith('D');
  const kind = { is_channel: !direct, is_im: direct, is_private: direct || hidden, is_archived: false };
  return direct
    ? { id, ...kind, user: members.find((member) => member !== BOT_USER) }
    : { id, name, ...kind, is_member: members.includes(BOT_USER), num_members: members.length };
}

function groups(fields: Fields, state: State): object[] {
  return [...state.userGroups.values()].map(({ id, name, handle, users }: UserGroup) => ({
    id,
    team_id: TEAM,
    is_usergroup: true,
    name,
    handle,
    ...(flag(fields, 'include_count') ? { user_count: users.length } : {}),
    ...(flag(fields, 'include_users') ? { users } : {}),
  }));
}
