import bolt from '@slack/bolt';

/** The app that Fairlead is compared with: Bolt with one listener that only acknowledges. */
const clientOptions = { slackApiUrl: process.env['SLACK_API_URL'] ?? '' };
const receiver = new bolt.SocketModeReceiver({
  appToken: process.env['SLACK_APP_TOKEN'] ?? '',
  installerOptions: { clientOptions },
});
const app = new bolt.App({ receiver, token: process.env['SLACK_BOT_TOKEN'] ?? '', clientOptions });
app.command(/.*/u, async ({ ack }) => {
  await ack({ text: 'ok' });
});
await app.start();
