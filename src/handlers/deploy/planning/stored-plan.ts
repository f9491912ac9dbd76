import { z } from 'zod';
import { isCommit, repositoryOf } from '../../../proof/provenance.ts';
import type { DeployPlan } from './types.ts';
import { StoredVulnerabilities } from './vulnerability-plan.ts';

const Text = z.string();
const Name = Text.min(1);
const Texts = z.array(Text);
const Said = z.union([
  Text,
  z.array(
    z.union([
      Text,
      z.strictObject({ person: Text }),
      z.strictObject({ channel: Text }),
      z.strictObject({ command: Text }),
    ]),
  ),
]);
const Digest = Text.regex(/^sha256:[0-9a-f]{64}$/u);

const Now = z.lazy(() =>
  z.looseObject({
    containerId: Text,
    containerName: Text,
    state: Text,
    configHash: Text,
    restartPolicy: z.looseObject({ name: Text, maximumRetryCount: z.number() }),
    networks: z.record(Text, z.looseObject({ id: Text, aliases: Texts })),
  }),
);

const StoredHostPlan = z.lazy(() =>
  z.looseObject({
    host: Name,
    name: Name,
    strategy: z.enum(['create', 'stop-first', 'start-first', 'swarm']),
    now: Now.optional(),
    next: z.looseObject({ digest: Digest, tag: Text.optional(), bodyHash: Text }),
    changes: z.array(z.looseObject({ setting: Text, from: Text, to: Text, secret: z.boolean() })),
    warnings: z.array(Said),
    conflicts: Texts,
    unchanged: z.boolean(),
    risks: z.array(z.looseObject({ kind: Text, what: Text, inherited: z.boolean() })),
  }),
);

const Built = z.lazy(() =>
  z.strictObject({
    builder: Text.optional(),
    repository: Text.refine((address) => repositoryOf(address) === address).optional(),
    commit: Text.refine(isCommit).optional(),
    ref: Text.optional(),
  }),
);
const Proof = z.lazy(() =>
  z.strictObject({
    by: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('key'), key: Text }),
      z.strictObject({ kind: z.literal('keyless'), identity: Text, issuer: Text }),
    ]),
    built: Built.optional(),
    before: Built.optional(),
    claimed: Built.optional(),
  }),
);

const Stored = z.lazy(() =>
  z
    .looseObject({
      action: z.enum(['deploy', 'rollback']),
      service: Name,
      image: z.strictObject({ repository: Name, tag: Text.optional(), digest: Digest }),
      proof: Proof.optional(),
      overrides: z.strictObject({
        memory: z.number().optional(),
        cpus: z.number().optional(),
        environment: z.record(Text, Text).optional(),
        ports: Texts.optional(),
        volumes: Texts.optional(),
      }),
      reason: Text.optional(),
      breakGlass: z.boolean(),
      step: z.enum(['first', 'same', 'patch', 'minor', 'major', 'downgrade', 'other']),
      hosts: z.array(StoredHostPlan).min(1),
      waves: z.array(z.array(Name).min(1)).min(1),
      ask: z.boolean(),
      vulnerabilities: StoredVulnerabilities.optional(),
    })
    .refine(({ hosts, waves }) =>
      sameNames(
        hosts.map(({ host }) => host),
        waves.flat(),
      ),
    )
    .refine(({ hosts, image }) => hosts.every(({ next }) => next.digest === image.digest)),
);

/** Whether what is stored has the form of a plan, whose waves have each of its hosts once. */
export function isDeployPlan(stored: unknown): stored is DeployPlan {
  return Stored.safeParse(stored).success;
}

/** Whether a command is one of the two that ask for a deployment. */
export function isDeploy({ command }: { readonly command: string }): boolean {
  return command === 'deploy' || command === 'rollback';
}

/** The plan of a deploy or a rollback; undefined of everything else. */
export function deployPlanOf({
  command,
  plan,
}: {
  readonly command: string;
  readonly plan: unknown;
}): DeployPlan | undefined {
  return isDeploy({ command }) && isDeployPlan(plan) ? plan : undefined;
}

function sameNames(hosts: readonly string[], inWaves: readonly string[]): boolean {
  return new Set(hosts).size === hosts.length && hosts.toSorted().join('\n') === inWaves.toSorted().join('\n');
}
