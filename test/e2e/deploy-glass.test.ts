import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { ask, enrol, OPS, running, said, says, story } from './story.ts';

const RULES = `
approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall] } ]
breakGlass: { from: [developers], review: 24h }`;

describeWithEngine('breaking the glass', () => {
  it('passes a freeze and the approval when the glass is broken, loudly, and wants a signature', async () => {
    await using it = await story({
      rules: `
approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall] } ]
freeze: [ { name: "quarter end", from: "sun 00:00", to: "sat 23:59" }, { name: night, from: "sat 12:00", to: "sun 12:00" } ]
breakGlass: { from: [developers], review: 24h }`,
    });

    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(says('are frozen until'), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.0.0 --break-glass`);
    await it.slack.waitFor(says('needs `--reason`'), OPS);
    await ask(it.slack, `/deploy ${it.service} 1.0.0 --break-glass --reason "shop is down"`);

    const done = await it.slack.waitFor(says('is deployed on 2 hosts', 'nobody approved this'), {
      ...OPS,
      timeoutMs: 30_000,
    });
    expect(said(done)).toContain('<!subteam^S0ONCALL>');
    await it.slack.click({ person: 'U0DEV1', message: done, label: 'Sign the review' });
    await it.slack.waitFor(says('somebody else has to sign'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: done, label: 'Sign the review' });
    await it.slack.waitFor(says('signed by <@U0OPS1>'), OPS);
  });

  it('takes a one-time code where the rules that are gone by ask for one', async () => {
    await using it = await story({
      rules: `
approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall], stepUp: totp, count: 2 } ]
breakGlass: { from: [developers], review: 24h }`,
    });
    const broken = `/deploy ${it.service} 1.0.0 --break-glass --reason "shop is down"`;

    await ask(it.slack, broken);
    await it.slack.waitFor(says('needs a code from your authenticator', '--code'), OPS);
    await ask(it.slack, `${broken} --code 123456`);
    await it.slack.waitFor(says('You have no one-time code yet'), OPS);
    const run = promisify(execFile)(
      process.execPath,
      ['dist/cli.js', 'run', broken, '--as', 'U0DEV1', '--in', 'C0PROD'],
      {
        env: it.env,
      },
    );
    await expect(run).rejects.toMatchObject({ stdout: expect.stringContaining('needs a code') });
    const { right, used, wrong } = await enrol(it.slack, 'U0DEV1');
    await ask(it.slack, `${broken} --code ${used}`);
    await it.slack.waitFor(says('That code was used before'), OPS);
    await ask(it.slack, `${broken} --code ${wrong}`);
    await it.slack.waitFor(says('That is not the code'), OPS);
    await ask(it.slack, '/dock approvals');
    await it.slack.waitFor(says('No open requests'), OPS);
    expect(await running(it.service)).toEqual([undefined, undefined]);

    await ask(it.slack, `${broken} --code ${right}`);
    await it.slack.waitFor(says('is deployed on 2 hosts', 'nobody approved this'), { ...OPS, timeoutMs: 30_000 });
    expect(JSON.stringify(it.slack.requests)).not.toContain(right);
  });

  it('says before what it does, and whose lock it passes; what waited then says what is so', async () => {
    await using it = await story({ rules: RULES });
    const { slack, service } = it;
    const broken = `/deploy ${service} 1.0.0 --break-glass`;
    const toOps = { channel: 'C0PROD', as: 'U0OPS1' };
    await ask(slack, `/deploy ${service} 1.1.0`);
    const waiting = await slack.waitFor(says('asks to deploy', 'Approve'), OPS);
    await ask(slack, `/dock lock ${service} --reason migrating`, 'U0OPS1');
    await slack.waitFor(says('<@U0OPS1> locked'), OPS);
    await slack.click({ person: 'U0OPS1', message: waiting, label: 'Approve' });
    await slack.waitFor(says('Not approved yet:', 'is locked by', 'stays open'), toOps);

    await ask(slack, broken);
    await slack.waitFor(says(`${broken} --reason`, 'what is broken', 'starts at once'), OPS);
    await ask(slack, `${broken} --reason "shop is down" --plan`);
    const passes = ['passes the lock of <@U0OPS1>', 'migrating'];
    await slack.waitFor(says('Plan only', 'starts at once', 'oncall is told', 'within 24 h', ...passes), OPS);
    expect(await running(service)).toEqual([undefined, undefined]);
    await ask(slack, `${broken} --reason "shop is down" --plan`, 'U0OPS1');
    await slack.waitFor(says('Plan only', 'Break-glass is for developers'), toOps);

    await ask(slack, `${broken} --reason "shop is down"`);
    const done = await slack.waitFor(says('is deployed on 2 hosts', 'nobody approved this'), {
      ...OPS,
      timeoutMs: 30_000,
    });
    // Only what is posted tells people; what it is changed to does not.
    const posted = slack.requests.find(
      ({ method, body }) => method === 'chat.postMessage' && JSON.stringify(body).includes('breaks the glass'),
    );
    for (const words of passes) expect(JSON.stringify(posted?.body)).toContain(words);
    await slack.click({ person: 'U0OPS1', message: done, label: 'Sign the review', times: 2 });
    await slack.waitFor(says('You already signed this review'), toOps);

    await ask(slack, `/dock unlock ${service}`, 'U0OPS1');
    await slack.waitFor(says('released'), OPS);
    await slack.click({ person: 'U0OPS1', message: waiting, label: 'Approve' });
    // Something runs there by now, and nothing did when the plan was made.
    await slack.waitFor((one) => one.ts === waiting.ts && says('was not deployed. Nothing changed.')(one), OPS);
    expect(await running(service)).toEqual(['1.0.0', '1.0.0']);
  });

  it('begins nothing where nobody would see it, and says what Slack said', async () => {
    await using it = await story({ rules: RULES });

    it.slack.faults.next({ method: 'chat.postMessage', error: 'not_in_channel' });
    await ask(it.slack, `/deploy ${it.service} 1.0.0 --break-glass --reason "shop is down"`);
    await it.slack.waitFor(says('could not be posted here', 'not_in_channel'), OPS);
    it.slack.faults.next({ method: 'chat.postMessage', error: 'is_archived' });
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(says('could not be posted here', 'is_archived'), OPS);

    await ask(it.slack, '/dock deployments');
    await it.slack.waitFor(says('No deployment yet'), OPS);
    await ask(it.slack, '/dock approvals');
    await it.slack.waitFor(says('No open requests'), OPS);
    expect(await running(it.service)).toEqual([undefined, undefined]);
  });

  it('asks those for a signature who may give it, on the card as it comes and when it is overdue', async () => {
    await using it = await story({
      rules: `
approvals: [ { commands: [deploy], hosts: all, from: [oncall] } ]
breakGlass: { from: [developers], review: 1s }`,
    });

    await ask(it.slack, `/deploy ${it.service} 1.0.0 --break-glass --reason "shop is down"`);
    const nag = await it.slack.waitFor(says('review is still not signed', 'overdue'), OPS);
    const card = await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    // Only what is posted tells people; what it is changed to does not.
    const posted = it.slack.requests.find(({ method }) => method === 'chat.postMessage');
    expect(JSON.stringify(posted?.body)).toMatch(/breaks the glass.*<!subteam\^S0ONCALL>: please look, and sign/u);

    expect(nag.threadTs).toBe(card.ts);
    expect(nag.text).toMatch(/^<!subteam\^S0ONCALL>: <@U0DEV1> broke the glass to deploy/u);
  });

  it('from a command line has its card as well, and without Slack is not done', async () => {
    await using it = await story({ rules: RULES });
    const line = `/deploy ${it.service} 1.0.0 --break-glass --reason "Slack is slow"`;
    const run = (env: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ['dist/cli.js', 'run', line, '--as', 'U0DEV1', '--in', 'C0PROD'], {
        env,
      }).catch((error: { stdout: string }) => error);

    const { SLACK_BOT_TOKEN: _, ...alone } = it.env;
    expect((await run(alone)).stdout).toContain('SLACK_BOT_TOKEN is not set');
    expect((await run(it.env)).stdout).toContain('Planned: ');

    const done = await it.slack.waitFor(says('is deployed on 2 hosts', 'nobody approved this'), {
      ...OPS,
      timeoutMs: 30_000,
    });
    expect(said(done)).toContain('Slack is slow');
  });

  it('is as loud where no rule asks for approval: those who could break it sign', async () => {
    await using it = await story({ rules: 'approvals: []\nbreakGlass: { from: [oncall, developers], review: 24h }' });

    await ask(it.slack, `/deploy ${it.service} 1.0.0 --break-glass --reason "in a freeze"`);
    const done = await it.slack.waitFor(
      says('is deployed on 2 hosts', '*Break-glass*', '<!subteam^S0ONCALL> <@U0DEV1>'),
      {
        ...OPS,
        timeoutMs: 30_000,
      },
    );
    await it.slack.click({ person: 'U0OPS1', message: done, label: 'Sign the review' });
    await it.slack.waitFor(says('signed by <@U0OPS1>'), OPS);
  });
});
