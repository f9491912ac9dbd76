import { z } from 'zod';
import { list, number, strings, text } from './fields.ts';
import { ListShape, type Shaped } from './read.ts';

const texts = list(z.string());

const ContainerSpec = z.lazy(() =>
  z.looseObject({
    Image: text,
    Env: texts,
    Labels: strings,
    StopGracePeriod: z.number().nullish(),
    Mounts: list(z.looseObject({ Type: text, Source: text, Target: text, ReadOnly: z.boolean().nullish() })),
    Healthcheck: z.looseObject({ Test: texts }).nullish(),
  }),
);

const UpdatePace = z
  .looseObject({ Parallelism: z.number().nullish(), Delay: z.number().nullish(), Monitor: z.number().nullish() })
  .nullish();

const Spec = z.lazy(() =>
  z.looseObject({
    Name: text,
    Labels: strings,
    TaskTemplate: z.looseObject({
      ContainerSpec: ContainerSpec.nullish(),
      Resources: z.looseObject({ Limits: z.looseObject({}).nullish() }).nullish(),
      ForceUpdate: z.number().nullish(),
    }),
    Mode: z
      .looseObject({ Replicated: z.object({ Replicas: number }).nullish(), Global: z.looseObject({}).nullish() })
      .nullish(),
    UpdateConfig: UpdatePace,
    RollbackConfig: UpdatePace,
    EndpointSpec: z.looseObject({ Ports: list(z.looseObject({ PublishMode: text })) }).nullish(),
  }),
);
export type ServiceSpec = z.infer<typeof Spec>;

/** A Swarm service with its complete specification, since an update sends all of it back. */
export const Service = z.lazy(() =>
  z
    .object({
      ID: z.string(),
      Version: z.object({ Index: z.number() }),
      Spec,
      UpdateStatus: z.object({ State: text, StartedAt: text, Message: text }).nullish(),
    })
    .transform((raw) => ({
      id: raw.ID,
      version: raw.Version.Index,
      spec: raw.Spec,
      update: {
        state: raw.UpdateStatus?.State ?? '',
        startedAt: raw.UpdateStatus?.StartedAt ?? '',
        message: raw.UpdateStatus?.Message ?? '',
      },
    })),
);
export type Service = z.infer<typeof Service>;
export const Services = new ListShape(Service);

export const Tasks = new ListShape(
  z
    .object({
      ID: z.string(),
      CreatedAt: text,
      NodeID: text,
      DesiredState: text,
      Spec: z.looseObject({ ContainerSpec: z.looseObject({ Labels: strings }).nullish() }),
      Status: z.object({
        State: text,
        Message: text,
        Err: text,
        ContainerStatus: z.object({ ContainerID: text, ExitCode: number }).nullish(),
      }),
    })
    .transform((raw) => ({
      id: raw.ID,
      createdAt: raw.CreatedAt,
      desired: raw.DesiredState,
      labels: raw.Spec.ContainerSpec?.Labels ?? {},
      nodeId: raw.NodeID,
      state: raw.Status.State,
      error: raw.Status.Err || raw.Status.Message,
      exitCode: raw.Status.ContainerStatus?.ExitCode,
      containerId: raw.Status.ContainerStatus?.ContainerID ?? '',
    })),
);
export type Task = Shaped<typeof Tasks>[number];
