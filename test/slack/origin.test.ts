import { expect, it } from 'vitest';
import { type Origin, rejectionReason } from '../../src/slack/listeners/origin.ts';

const slack = { team: 'T0OWN', prefix: '', inlineBudget: 1500 };
const event = (more: Origin['event'], body: Origin = {}): Origin => ({ team_id: 'T0OWN', event: { ...more }, ...body });
const click = (team: string | undefined, body: Origin = {}): Origin => ({
  team: { id: 'T0OWN' },
  user: team === undefined ? {} : { team_id: team },
  ...body,
});
const slash = (body: Origin = {}): Origin => ({ team_id: 'T0OWN', command: '/ps', ...body });

it.each<[string, Origin]>([
  ['a slash command', slash({ is_enterprise_install: 'false' })],
  ['a slash command in a workspace of an organization', slash({ enterprise_id: 'E0OWN' })],
  ['a click', click('T0OWN', { enterprise: null })],
  ['a click in an organization', click('T0OWN', { enterprise: { id: 'E0OWN' }, is_enterprise_install: true })],
  ['a mention', event({ team: 'T0OWN' })],
  ['a mention in a shared channel', event({ team: 'T0OWN', user_team: 'T0OWN' }, { is_ext_shared_channel: true })],
  ['a mention with a profile', event({ user_profile: { team: 'T0OWN' } }, { context_team_id: 'T0OWN' })],
  ['a home tab', event({}, { authorizations: [{ team_id: 'T0OWN', is_enterprise_install: false }] })],
  ['a home tab, where nothing is said of a context', event({}, { context_team_id: null })],
  ['a form', click('T0OWN', { view: { app_installed_team_id: 'T0OWN' } })],
  [
    'a mention to an app of a whole organization',
    event({ team: 'T0OWN' }, { authorizations: [{ team_id: 'T0FIRST', is_enterprise_install: true }] }),
  ],
])('%s of somebody of the workspace is served', (_, body) => {
  expect(rejectionReason(body, slack)).toBeUndefined();
});

it.each<[string, Origin]>([
  ['a slash command of another workspace', slash({ team_id: 'T0OTHER', enterprise_id: 'E0OWN' })],
  ['a click of another workspace of an organization', click('T0OTHER', { enterprise: { id: 'E0OWN' } })],
  ['a click of another company with an organization', click('T0OTHER', { enterprise_id: 'E0OTHER' })],
  ['a mention of another workspace of an organization', event({ team: 'T0OTHER' }, { enterprise_id: 'E0OWN' })],
  ['a mention whose author is of another one', event({ team: 'T0OWN', user_team: 'T0OTHER' })],
  ['a mention that came from another one', event({ user_team: 'T0OWN', source_team: 'T0OTHER' })],
  ['a payload that names two workspaces', { team_id: 'T0OWN', team: { id: 'T0OTHER' } }],
  ['a payload that names none', { team: null, user: { team_id: 'T0OWN' } }],
  ['a mention whose profile is of another one', event({ team: 'T0OWN', user_profile: { team: 'T0OTHER' } })],
  ['a mention that came through another one', event({ team: 'T0OWN' }, { context_team_id: 'T0OTHER' })],
  ['a home tab of an app in another one', event({}, { authorizations: [{ team_id: 'T0OTHER' }] })],
  ['a form of an app in another one', click('T0OWN', { view: { app_installed_team_id: 'T0OTHER' } })],
  // Nothing says whose they are, and they could be anybody's.
  ['a click', click(undefined)],
  ['a click in an organization', click(undefined, { enterprise: { id: 'E0OWN' } })],
  ['a slash command to an app of a whole organization', slash({ is_enterprise_install: 'true' })],
  ['a mention in a shared channel', event({}, { is_ext_shared_channel: true })],
  ['an event to an app of a whole organization', event({}, { authorizations: [{ is_enterprise_install: true }] })],
  ['a mention in an organization', event({}, { enterprise_id: 'E0OWN' })],
])('%s of nobody known to be of the workspace is dropped', (_, body) => {
  expect(rejectionReason(body, slack)).toMatch(/workspace/u);
});
