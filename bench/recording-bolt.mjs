import { DatabaseSync } from 'node:sqlite';
import bolt from '@slack/bolt';

/**
 * The app that Fairlead is also compared with: Bolt with one listener that writes a record of each command to disk
 * before it acknowledges, with one insert and one commit. It checks no permissions, signs nothing and replies with one
 * word.
 */
const db = new DatabaseSync(process.env['RECORDS'] ?? ':memory:');
db.exec('pragma journal_mode = wal; pragma synchronous = full; create table record (at integer, entry text)');
const insert = db.prepare('insert into record values (?, ?)');
const clientOptions = { slackApiUrl: process.env['SLACK_API_URL'] ?? '' };
const receiver = new bolt.SocketModeReceiver({
  appToken: process.env['SLACK_APP_TOKEN'] ?? '',
  installerOptions: { clientOptions },
});
const app = new bolt.App({ receiver, token: process.env['SLACK_BOT_TOKEN'] ?? '', clientOptions });
app.command(/.*/u, async ({ command, ack }) => {
  insert.run(Date.now(), JSON.stringify({ person: command.user_id, line: `${command.command} ${command.text}` }));
  await ack({ text: 'ok' });
});
await app.start();
