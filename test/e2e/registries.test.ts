import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { type Mode, scene } from './harness.ts';
import { said, says } from './story.ts';

const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'registries, over $mode',
  ({ mode }) => {
    it('shows how they are, and signs in from Fairlead and a host by a click', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/dock registries' });
      const shown = await it.slack.waitFor(says(registry.host, 'distribution', 'works', 'all in order'), seen);
      expect(shown.onlyFor).toBe('U0DEV1');
      expect(said(shown)).not.toContain(registry.password);

      await it.slack.click({ person: 'U0DEV1', message: shown, label: 'Check logins on hosts' });
      await it.slack.waitFor(says(`Login to ${registry.host} works from Fairlead`, 'staging-1'), seen);

      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/dock login-check nowhere.example.com' });
      await it.slack.waitFor(says('names no registry', 'nowhere.example.com'), seen);
    }, 60_000);
  },
);
