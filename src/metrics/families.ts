import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Slack waits three seconds for an acknowledgement. */
const ACK_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 10];
const REQUEST_S = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 10, 60];
const ENGINE_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 120, 600];
const PHASE_S = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600];
const APPROVAL_S = [10, 30, 60, 300, 900, 1800, 3600, 14_400, 86_400];

/** Every metric of Fairlead's own. `docs/observability.md` lists them. */
export function createFamilies(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `fairlead_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `fairlead_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: `fairlead_${name}`, help, buckets, labelNames, registers });
  return {
    build: gauge('build_info', 'Constant 1 with the version.', 'version'),
    requests: counter('requests_total', 'Commands handled.', 'command', 'decision', 'outcome'),
    requestSeconds: histogram(
      'request_duration_seconds',
      'Seconds from the decision on a command to its result; of a refusal, until it.',
      REQUEST_S,
      'command',
    ),
    ackSeconds: histogram('ack_duration_seconds', 'Seconds until Slack had its acknowledgement.', ACK_S),
    hostUp: gauge('host_up', '1 when the host answered last time it was called, 0 when it did not.', 'host'),
    engineSeconds: histogram(
      'engine_call_duration_seconds',
      'Seconds of one call to a Docker engine, without its wait for a place.',
      ENGINE_S,
      'host',
      'call',
    ),
    deployments: counter('deployments_total', 'Deployments that ended.', 'service', 'verdict'),
    phaseSeconds: histogram(
      'deployment_duration_seconds',
      'Seconds of one phase of a deployment on one host.',
      PHASE_S,
      'phase',
    ),
    pending: gauge('approvals_pending', 'Approvals that wait for an answer.', 'service'),
    approvalSeconds: histogram(
      'approval_wait_seconds',
      'Seconds from the request of an approval to its decision.',
      APPROVAL_S,
    ),
    locks: gauge('locks_held', 'Locks of services that people hold.'),
    queue: gauge('queue_depth', 'Work that waits in the store.', 'queue'),
    slackCalls: counter('slack_calls_total', "Calls of Slack's Web API.", 'method', 'result'),
    limitedSeconds: counter('slack_ratelimited_seconds_total', 'Seconds for which Slack told Fairlead to wait.'),
    registryCalls: counter('registry_calls_total', 'Calls to image registries.', 'registry', 'result'),
    scanAge: gauge('scan_age_seconds', 'Seconds since the newest vulnerability report was made.'),
    auditLength: gauge('audit_chain_length', 'Records in the audit log.'),
  };
}

export type Families = ReturnType<typeof createFamilies>;
