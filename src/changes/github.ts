import { z } from 'zod';
import type { ReceiverOf } from '../config.ts';
import { cut } from '../text/cut.ts';
import type { ReceiverCall } from './call.ts';
import type { ChangeEvent } from './event.ts';
import { DeliveryFailure } from './failure.ts';
import { below, type CreateReceiver } from './receiver.ts';

const MOST_DESCRIPTION = 140;
const NO_ENVIRONMENT = 'unknown';
const PRODUCTION = /^prod(?:uction)?$/iu;

const Deployment = z.looseObject({ id: z.int(), payload: z.unknown() });
const Ours = z.looseObject({ fairlead: z.looseObject({ deployment: z.string() }) });

/**
 * A deployment of GitHub's REST API for each of ours, and a deployment status for each event. Ours is found again by the
 * payload it was created with, so that another attempt does not create it twice.
 */
export const github: CreateReceiver<ReceiverOf<'github'>> = ({ url, token, repositories, ref: template }, call) => {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
  };
  const ask = (rest: Pick<ReceiverCall, 'method' | 'body' | 'signal'>, repository: string, path: string) =>
    call({ ...rest, headers, url: below(url, `/repos/${repository}/deployments${path}`) });

  const find = async (repository: string, event: ChangeEvent, signal: AbortSignal): Promise<number | undefined> => {
    const { commit } = event.deployment;
    const query = new URLSearchParams({
      environment: environmentOf(event),
      ...(commit === undefined ? { ref: refOf(event, template) } : { sha: commit.sha }),
      per_page: '100',
    });
    const answer = z.array(Deployment).safeParse(await ask({ method: 'GET', signal }, repository, `?${query}`));
    if (!answer.success) throw notUnderstood(url, 'no list of deployments');
    return answer.data.find(({ payload }) => idIn(payload) === event.deployment.id)?.id;
  };
  const create = async (repository: string, event: ChangeEvent, signal: AbortSignal): Promise<number> => {
    const environment = environmentOf(event);
    const body = JSON.stringify({
      ref: refOf(event, template),
      environment,
      production_environment: PRODUCTION.test(environment),
      description: cut(event.summary, MOST_DESCRIPTION),
      // Fairlead has deployed it already: GitHub's own conditions come too late.
      auto_merge: false,
      required_contexts: [],
      payload: { fairlead: { deployment: event.deployment.id, digest: event.deployment.digest } },
    });
    const answer = Deployment.safeParse(await ask({ method: 'POST', body, signal }, repository, ''));
    if (!answer.success) throw notUnderstood(url, 'no deployment');
    return answer.data.id;
  };

  return {
    async send(event, signal) {
      const repository = repositories[event.deployment.service];
      if (repository === undefined) return;
      const id = (await find(repository, event, signal)) ?? (await create(repository, event, signal));
      const body = JSON.stringify({
        state: stateOf(event),
        description: cut(event.summary, MOST_DESCRIPTION),
        environment: environmentOf(event),
        ...(event.deployment.card === undefined ? {} : { log_url: event.deployment.card }),
      });
      await ask({ method: 'POST', body, signal }, repository, `/${id}/statuses`);
    },
    async check(signal) {
      for (const repository of new Set(Object.values(repositories)))
        await ask({ method: 'GET', signal }, repository, '?per_page=1');
      return 'accepted';
    },
  };
};

function idIn(payload: unknown): string | undefined {
  // GitHub gives an object back as one, and as text if it was sent as text.
  const read = Ours.safeParse(payload);
  return read.success ? read.data.fairlead.deployment : undefined;
}

function environmentOf({ deployment: { environments } }: ChangeEvent): string {
  return environments.length === 0 ? NO_ENVIRONMENT : environments.join(', ');
}

function refOf({ deployment: { commit, tag, service } }: ChangeEvent, template: string): string {
  if (commit !== undefined) return commit.sha;
  if (tag !== undefined) return template.replace('{tag}', () => tag);
  throw new DeliveryFailure(`neither a commit nor a tag of this version of ${service} is known`, { mayRetry: false });
}

function stateOf({ deployment: { end } }: ChangeEvent): 'in_progress' | 'success' | 'failure' | 'error' {
  if (end === undefined) return 'in_progress';
  if (end.verdict === 'deployed') return 'success';
  return end.verdict === 'needs_attention' || end.verdict === 'refused' ? 'error' : 'failure';
}

function notUnderstood(url: string, what: string): DeliveryFailure {
  return new DeliveryFailure(`${new URL(url).host} answered something that is ${what}`, { mayRetry: false });
}
