import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import bolt from '@slack/bolt';
import pg from 'pg';

/**
 * The function that the front is also compared with: Bolt with one listener that records each command in PostgreSQL and
 * sends its number to a queue before it acknowledges. It checks no permissions, signs nothing and replies with one word.
 */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
const queue = new SQSClient({});
const receiver = new bolt.AwsLambdaReceiver({ signingSecret: process.env['SLACK_SIGNING_SECRET'] ?? '' });
const app = new bolt.App({
  receiver,
  token: process.env['SLACK_BOT_TOKEN'] ?? '',
  clientOptions: { slackApiUrl: process.env['SLACK_API_URL'] ?? '' },
});
app.command(/.*/u, async ({ command, ack }) => {
  const entry = JSON.stringify({ person: command.user_id, line: `${command.command} ${command.text}` });
  const { rows } = await pool.query<{ id: string }>('insert into record (entry) values ($1) returning id', [entry]);
  const id = rows[0]?.id ?? '';
  const QueueUrl = process.env['FAIRLEAD_QUEUE_URL'];
  await queue.send(
    new SendMessageCommand({ QueueUrl, MessageBody: id, MessageGroupId: id, MessageDeduplicationId: id }),
  );
  await ack({ text: 'ok' });
});

export const handler = await receiver.start();
