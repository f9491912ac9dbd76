import bolt from '@slack/bolt';

/** The function that the front is compared with: Bolt's own receiver with one listener that only acknowledges. */
const receiver = new bolt.AwsLambdaReceiver({ signingSecret: process.env['SLACK_SIGNING_SECRET'] ?? '' });
const app = new bolt.App({
  receiver,
  token: process.env['SLACK_BOT_TOKEN'] ?? '',
  clientOptions: { slackApiUrl: process.env['SLACK_API_URL'] ?? '' },
});
app.command(/.*/u, async ({ ack }) => {
  await ack({ text: 'ok' });
});

export const handler = await receiver.start();
