import { expect, it } from 'vitest';
import { buttonsOf, CHANNELS, type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { aboutChannel, buttons } from '../../src/slack/block-kit/message.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { clientOf } from '../playground/app.ts';
import { opened, scene } from './harness.ts';
import { ask, deployed, OPS, says, story } from './story.ts';

const DANA = 'U0DEV1';
const OLI = 'U0OPS1';

/** The home tab once it contains all of `words`; opens it until then. */
async function home(slack: LocalSlack, person: string, ...words: string[]): Promise<string> {
  const shown = () => JSON.stringify(slack.home({ person })?.body ?? {});
  return new Promise((resolve, reject) => {
    const off = slack.on('change', () => look());
    const late = setTimeout(() => {
      off();
      reject(new Error(`The home tab never said ${words.join(', ')}: ${shown()}`));
    }, 20_000);
    const look = () => {
      if (!words.every((word) => shown().includes(word))) return;
      clearTimeout(late);
      off();
      resolve(shown());
    };
    look();
  });
}

function press(slack: LocalSlack, person: string, label: string) {
  const viewId = slack.home({ person })?.id ?? '';
  return slack.click({ person, viewId, label });
}

describeWithEngine('the home tab', () => {
  it('has what waits for an answer, what is theirs and what they may do; a click counts in the channel it is about', async () => {
    await using it = await story();
    const { slack, service } = it;
    await deployed(it, '1.0.0');
    await ask(slack, `/deploy ${service} 1.1.0`);
    await slack.waitFor(says('asks to deploy', '1.1.0', 'Approve'), OPS);
    await ask(slack, `/dock lock ${service} for 2h --reason "checking <!here>"`);
    await slack.waitFor(says('locked'), OPS);

    await slack.openHome({ person: DANA });
    const dana = await home(slack, DANA, 'Waiting for your approval', 'Your permissions');
    expect(dana).toContain('Nothing.');
    expect(dana).toContain('deployed · on web-1, web-2');
    expect(dana).toContain(`:lock: *${service}*`);
    expect(dana).toContain('checking &lt;!here&gt;');
    expect(dana).toContain('*web-2*');
    expect(dana).toContain('`deploy`');

    await slack.openHome({ person: OLI });
    const oli = await home(slack, OLI, `deploy ${service} 1.1.0`);
    expect(oli).not.toContain(':lock:');
    await press(slack, OLI, 'Review plan');
    const plan = await slack.waitFor(says('asks to deploy', '1.1.0', 'Then:'), { channel: 'D0OPS1', as: OLI });
    await home(slack, OLI, 'The answer is in *Messages*');

    await press(slack, DANA, 'Release');
    await slack.waitFor(says('released', service), OPS);
    expect(await home(slack, DANA, 'Said in <#C0PROD>')).not.toContain(':lock:');
    await slack.click({ person: OLI, message: plan, label: 'Approve' });
    await slack.waitFor(says('1.1.0', 'is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    await slack.waitFor(says('Approved. Starting.'), { channel: 'D0OPS1', as: OLI });
    await press(slack, DANA, 'Deploy…');
    expect(JSON.stringify(await opened(slack, DANA))).toContain('C0PROD');
  });

  it('shows nothing of channels somebody is not in, and does nothing there', async () => {
    const channels = [
      ...CHANNELS.filter(({ id }) => id !== 'C0STAGING'),
      { id: 'C0STAGING', name: 'staging', members: [OLI, 'U0FAIRLEAD'], private: true },
    ];
    await using it = await scene({ slack: await startSlack({ channels }) });
    const { slack } = it;

    await slack.openHome({ person: DANA });
    const dana = await home(slack, DANA, '<#C0PROD>');
    expect(dana).not.toMatch(/C0STAGING|staging-1/u);
    await slack.openHome({ person: OLI });
    expect(await home(slack, OLI, '<#C0STAGING>')).toContain('*gone-1*');

    // Buttons in the answer, which is in direct messages, are about that channel too.
    await press(slack, OLI, 'Images');
    const answer = await slack.waitFor(says('REPOSITORY'), { channel: 'D0OPS1', as: OLI });
    const share = buttonsOf(answer.blocks).find(({ text }) => text.text === 'Share');
    expect(share).toBeDefined();
    await slack.click({ person: OLI, message: answer, label: 'Share' });
    await slack.waitFor(says('REPOSITORY'), { channel: 'C0STAGING', as: OLI });

    // As if Dana had been in it when she was shown a button.
    const old = buttons([{ label: 'Old', line: '/images' }]).map((block) => aboutChannel(block, 'C0STAGING', 0));
    await clientOf(slack).chat.postMessage({ channel: 'C0PROD', text: 'old', blocks: old });
    await slack.click({ person: DANA, channel: 'C0PROD', label: 'Old' });
    await slack.waitFor(says('You are not in <#C0STAGING>'), { channel: 'D0DEV1', as: DANA });
    expect(slack.messages({ channel: 'D0DEV1', as: DANA })).toHaveLength(1);
  });

  it('without the scopes to know who is where, says so and shows what is theirs only', async () => {
    await using it = await scene({ scopes: ['commands', 'chat:write', 'app_mentions:read', 'usergroups:read'] });
    await it.slack.openHome({ person: DANA });

    const shown = await home(it.slack, DANA, 'channels:read');
    expect(shown).not.toMatch(/web-1|C0PROD/u);
    expect(shown).toContain('Not known');
    expect(shown).not.toContain('Nothing.');
  });
});
