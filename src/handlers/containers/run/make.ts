import type { Config } from '../../../config.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import type { TransferProgress } from '../../../docker/client/types.ts';
import { createRequest } from '../../../docker/rollout/draft.ts';
import { type NewContainer, type NewContainerPlan, planNewContainer } from '../../../docker/rollout/new-container.ts';
import { UserError } from '../../../domain/errors.ts';
import { refuseByGuardrails } from '../../deploy/planning/allowed.ts';
import { registryAuth } from '../../deploy/planning/target.ts';
import type { Deps } from '../../deps.ts';
import { stoppable } from '../../stoppable.ts';

/** Labels of containers that `/run` makes. */
export const RUN_LABELS = { run: 'fairlead.run', by: 'fairlead.run.by' } as const;

export interface Making extends NewContainer {
  readonly engine: Engine;
  readonly host: string;
  /** The id of the request, for the label. */
  readonly id: string;
  readonly person: string;
  /** The tag of an image that was verified, and is pulled by its digest. */
  readonly tag: string | undefined;
}

/**
 * Makes the container and does not start it; resolves to its id. What the guardrails forbid and what other containers hold
 * is refused before anything is pulled, and again on the settings that are sent: an image may bring what was not known.
 */
export async function makeContainer(
  making: Making,
  deps: Pick<Deps, 'config' | 'live' | 'log'>,
  signal: AbortSignal,
  onPull: (progress: TransferProgress | undefined) => void,
): Promise<string> {
  const { engine, host, reference, container, id, person } = making;
  const { config } = deps;
  let plan = await checked(making, config, signal);
  if (!plan.survey.image) {
    onPull(undefined);
    const auth = registryAuth(making.image.repository, config);
    const { imageId } = await stoppable(making, deps, signal, (stop) =>
      engine.pull({ reference, auth }, onPull, { signal: stop }),
    );
    if (making.tag !== undefined)
      await engine.tagImage(imageId, { repository: making.image.repository, tag: making.tag }, { signal });
    plan = await checked(making, config, signal);
    if (!plan.survey.image) throw new EngineError('not_found', `The image is not on ${host} after its pull.`);
  }
  const { body, connectLater } = createRequest(plan.draft, {
    image: reference,
    labels: { [RUN_LABELS.run]: id, [RUN_LABELS.by]: person },
    manyNetworks: plan.survey.minor >= 44,
    withAliases: true,
    restart: 'own',
  });
  if (connectLater.size > 0) throw new TypeError('A container of /run is on one network.');
  return engine.createContainer({ name: container.name, body }, { signal });
}

async function checked(making: Making, config: Config, signal: AbortSignal): Promise<NewContainerPlan> {
  const plan = await planNewContainer(making.engine, making, signal);
  const { host } = making;
  // Whether it has a health check is only known with its image.
  const risks = plan.survey.image ? plan.risks : plan.risks.filter(({ kind }) => kind !== 'no-healthcheck');
  refuseByGuardrails([{ host, risks }], config);
  const [conflict, ...more] = plan.conflicts;
  if (conflict !== undefined)
    throw new UserError('conflict', `Not started on ${host}: ${[conflict, ...more].slice(0, 4).join(' ')}`);
  return plan;
}
