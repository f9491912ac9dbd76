import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse, type ScalarTag } from 'yaml';
import { z } from 'zod';
import lambda from '../../rolldown.lambda.config.ts';

// CloudFormation's short forms, as the objects that they stand for.
const tag = (name: string, as: (value: string) => object): ScalarTag => ({ tag: `!${name}`, resolve: as });
const list = (name: string) => ({
  tag: `!${name}`,
  collection: 'seq' as const,
  resolve: (seq: { toJSON(): unknown }) => ({ [`Fn::${name}`]: seq.toJSON() }),
});
const text = readFileSync('install/aws/template.yml', 'utf8');
const parsed: unknown = parse(text, {
  customTags: [
    tag('Ref', (name) => ({ Ref: name })),
    tag('GetAtt', (name) => ({ 'Fn::GetAtt': name.split('.') })),
    tag('Sub', (words) => ({ 'Fn::Sub': words })),
    ...['Not', 'Equals', 'If'].map(list),
  ],
});

const Statement = z.strictObject({
  Effect: z.literal('Allow'),
  Action: z.union([z.string(), z.array(z.string())]).transform((action) => [action].flat()),
  Resource: z.union([z.strictObject({ Ref: z.string() }), z.strictObject({ 'Fn::GetAtt': z.array(z.string()) })]),
});
const ServerlessFunction = z.strictObject({
  Type: z.literal('AWS::Serverless::Function'),
  Properties: z.strictObject({
    Handler: z.string().regex(/^[a-z]+\.handler$/u),
    MemorySize: z.int().min(128).max(10_240),
    Timeout: z.int().min(1).max(900),
    ReservedConcurrentExecutions: z.union([z.int().min(1), z.strictObject({ Ref: z.string() })]),
    Policies: z.array(z.strictObject({ Statement: z.array(Statement).min(1) })).length(1),
    Events: z.record(
      z.string(),
      z.object({ Type: z.enum(['HttpApi', 'SQS', 'ScheduleV2']), Properties: z.looseObject({}) }),
    ),
  }),
});
const Queue = z.strictObject({
  Type: z.literal('AWS::SQS::Queue'),
  Properties: z.strictObject({
    FifoQueue: z.literal(true),
    VisibilityTimeout: z.int().max(43_200).optional(),
    MessageRetentionPeriod: z.int().min(60).max(1_209_600),
    SqsManagedSseEnabled: z.literal(true),
    RedrivePolicy: z
      .strictObject({ deadLetterTargetArn: z.looseObject({}), maxReceiveCount: z.int().min(1) })
      .optional(),
  }),
});
const Metric = z.strictObject({
  Namespace: z.enum(['AWS/Lambda', 'AWS/SQS', 'AWS/ApiGateway']),
  MetricName: z.string(),
  Dimensions: z.tuple([
    z.strictObject({ Name: z.enum(['FunctionName', 'QueueName', 'ApiId']), Value: z.looseObject({}) }),
  ]),
});
const Statistic = z.enum(['Sum', 'Minimum', 'Maximum']);
const Computed = z.strictObject({ Id: z.string(), Expression: z.string(), Label: z.string() });
const Read = z.strictObject({
  Id: z.string(),
  ReturnData: z.literal(false),
  MetricStat: z.strictObject({ Metric, Period: z.literal(60), Stat: Statistic }),
});
const AlarmRule = z.strictObject({
  AlarmDescription: z.string(),
  EvaluationPeriods: z.int().min(1),
  Threshold: z.number(),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanThreshold']),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
  AlarmActions: z.strictObject({
    'Fn::If': z.tuple([
      z.literal('TellsAlarms'),
      z.tuple([z.strictObject({ Ref: z.literal('AlarmTopicArn') })]),
      z.strictObject({ Ref: z.literal('AWS::NoValue') }),
    ]),
  }),
});
const Alarm = z.strictObject({
  Type: z.literal('AWS::CloudWatch::Alarm'),
  Properties: z.union([
    z.strictObject({
      ...AlarmRule.shape,
      ...Metric.shape,
      Statistic,
      // CloudWatch takes whole minutes.
      Period: z.union([z.literal(60), z.literal(300)]),
    }),
    z.strictObject({ ...AlarmRule.shape, Metrics: z.tuple([Computed, Read, Read]) }),
  ]),
});
const Template = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09'),
  Transform: z.literal('AWS::Serverless-2016-10-31'),
  Description: z.string(),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string() })),
  Conditions: z.record(z.string(), z.unknown()),
  Globals: z.strictObject({
    Function: z.strictObject({
      Runtime: z.literal('nodejs24.x'),
      Architectures: z.tuple([z.enum(['arm64', 'x86_64'])]),
      CodeUri: z.literal('../../dist/lambda/'),
      VpcConfig: z.strictObject({ SubnetIds: z.looseObject({}), SecurityGroupIds: z.looseObject({}) }),
      Environment: z.strictObject({ Variables: z.record(z.string(), z.union([z.string(), z.looseObject({})])) }),
    }),
  }),
  Resources: z.record(z.string(), z.discriminatedUnion('Type', [ServerlessFunction, Queue, Alarm])),
  Outputs: z.record(z.string(), z.strictObject({ Description: z.string(), Value: z.looseObject({}) })),
});

const template = Template.parse(parsed);
const resources = Object.entries(template.Resources);
const functions = resources.flatMap(([name, one]) =>
  one.Type === 'AWS::Serverless::Function' ? [[name, one.Properties] as const] : [],
);

/** Every `Ref` and `Fn::GetAtt` in it, wherever. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Ref' in value) return [String(value.Ref)];
  if ('Fn::GetAtt' in value) return [String((value['Fn::GetAtt'] as string[])[0])];
  return Object.values(value).flatMap(references);
}

it('every reference resolves, and every parameter is used', () => {
  // SAM makes the HTTP API of the events.
  const made = 'ServerlessHttpApi';
  const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters), made]);
  const used = references(parsed);
  expect(used.length).toBeGreaterThan(15);
  expect(used.filter((name) => !known.has(name) && !name.startsWith('AWS::'))).toEqual([]);
  expect(Object.keys(template.Parameters).filter((name) => !used.includes(name))).toEqual([]);
});

it('every handler is an entry of the bundle, and every entry is a function', () => {
  const entries = Object.keys(lambda.input);
  expect(functions.map(([, { Handler }]) => Handler.replace('.handler', '')).toSorted()).toEqual(entries.toSorted());
  for (const file of Object.values(lambda.input))
    expect(readFileSync(file, 'utf8')).toContain('export async function handler(');
  expect(existsSync('docs/lambda.md')).toBe(true);
});

it('a function may do what it does, and nothing to anything else', () => {
  const allowed = new Map(
    functions.map(([name, { Policies }]) => [
      name,
      Policies.flatMap((policy) => policy.Statement).flatMap(({ Action, Resource }) =>
        Action.map((action) => `${action} ${references(Resource).join()}`),
      ),
    ]),
  );
  const own = ['secretsmanager:GetSecretValue SecretArn', 'sqs:SendMessage Queue'];
  expect(allowed.get('Front')).toEqual(own);
  expect(allowed.get('Schedule')).toEqual(own);
  const queue = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => `sqs:${action} Queue`);
  expect(allowed.get('Worker')).toEqual([...own, ...queue]);
  expect(text).not.toMatch(/Resource: *["']?\*/u);
});

it('the queue waits six times as long as the worker may take, and then gives up into the dead letters', () => {
  const queue = Queue.parse(template.Resources['Queue']).Properties;
  const worker = ServerlessFunction.parse(template.Resources['Worker']).Properties;
  expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Timeout);
  expect(references(queue.RedrivePolicy)).toEqual(['DeadLetters']);
  expect(worker.Events['Jobs']).toMatchObject({
    Type: 'SQS',
    Properties: { BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] },
  });
});

it('an alarm goes off for whatever keeps requests or the schedule from being carried out', () => {
  const signs = resources.flatMap(([name, one]) => {
    if (one.Type !== 'AWS::CloudWatch::Alarm') return [];
    const { Properties: alarm } = one;
    const operator = alarm.ComparisonOperator === 'GreaterThanThreshold' ? '>' : '<';
    const read =
      'Metrics' in alarm
        ? alarm.Metrics.slice(1)
            .map((part) => Read.parse(part))
            .map(({ Id, MetricStat }) => ({ ...MetricStat.Metric, is: `${Id} = ` }))
        : [{ ...alarm, is: '' }];
    const of = read.map((one) => `${one.is}${one.MetricName} of ${references(one.Dimensions).join()}`).join(', ');
    const what = 'Metrics' in alarm ? alarm.Metrics[0].Expression : alarm.Statistic;
    return [`${name}: ${what} ${operator} ${alarm.Threshold}, ${alarm.TreatMissingData}; ${of}`];
  });
  expect(signs.toSorted()).toEqual([
    'DeadLetterAlarm: Maximum > 0, notBreaching; ApproximateNumberOfMessagesVisible of DeadLetters',
    'FrontAlarm: Sum > 2, notBreaching; 5xx of ServerlessHttpApi',
    'NotCalledAlarm: Sum < 1, breaching; Invocations of Schedule',
    'ScheduleAlarm: Sum > 2, notBreaching; Errors of Schedule',
    'WaitingAlarm: IF(waiting > 0, age, 0) > 120, notBreaching; waiting = ApproximateNumberOfMessagesVisible of Queue, age = ApproximateAgeOfOldestMessage of Queue',
    'WorkerAlarm: Sum > 0, notBreaching; Errors of Worker',
  ]);
});

it('docs/lambda.md says what each alarm means', () => {
  const docs = readFileSync('docs/lambda.md', 'utf8');
  const alarms = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm').map(([name]) => name);
  expect(alarms.filter((name) => !docs.includes(`| \`${name}\` |`))).toEqual([]);
});
