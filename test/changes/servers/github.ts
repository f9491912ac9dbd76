import { z } from 'zod';
import { jsonOf, serveReceiver } from './serve.ts';

/*
 * GitHub's deployments and deployment statuses, after docs.github.com/en/rest/deployments/deployments and
 * …/rest/deployments/statuses (2022-11-28): `sha`, `ref`, `task` and `environment` filter a list, a description has at most 140
 * characters, a ref that is not there is a 422, a missing User-Agent a 403.
 */

export const TOKEN = 'github_pat_0123456789';
export const COMMIT = '0a1b2c3d'.repeat(5);

const Create = z.strictObject({
  ref: z.string().min(1),
  environment: z.string().min(1),
  production_environment: z.boolean().optional(),
  description: z.string().max(140).optional(),
  auto_merge: z.boolean().optional(),
  required_contexts: z.array(z.string()).optional(),
  payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});
const Status = z.strictObject({
  state: z.enum(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
  description: z.string().max(140).optional(),
  environment: z.string().optional(),
  log_url: z.url().optional(),
});

type Created = z.infer<typeof Create> & { readonly id: number; readonly sha: string };

/** Starts a GitHub with the repository acme/shop, whose tags are `refs`; everything that looks like a commit is one of it. */
export async function startGitHub(refs: readonly string[] = ['v1.4.0']) {
  const deployments: Created[] = [];
  const statuses: (z.infer<typeof Status> & { readonly deployment: number })[] = [];
  const standin = await serveReceiver(({ method, path, query, headers, text }) => {
    if (headers['user-agent'] === undefined) return { status: 403, json: { message: 'Missing User-Agent' } };
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, json: { message: 'Bad credentials' } };
    const below = /^\/repos\/acme\/shop\/deployments(.*)$/u.exec(path)?.[1];
    if (below === undefined) return { status: 404, json: { message: 'Not Found' } };
    if (method === 'GET' && below === '') {
      const fits = (one: Created) =>
        (['sha', 'ref', 'environment'] as const).every((name) => [null, one[name]].includes(query.get(name)));
      return {
        status: 200,
        json: deployments
          .filter(fits)
          .toReversed()
          .slice(0, Number(query.get('per_page') ?? 30)),
      };
    }
    if (method === 'POST' && below === '') {
      const given = Create.safeParse(jsonOf(text));
      if (!given.success) return { status: 422, json: { message: 'Invalid request.' } };
      const isCommit = /^[0-9a-f]{40}$/u.test(given.data.ref);
      if (!isCommit && !refs.includes(given.data.ref))
        return { status: 422, json: { message: `No ref found for: ${given.data.ref}` } };
      const created = { ...given.data, id: 100 + deployments.length, sha: isCommit ? given.data.ref : COMMIT };
      deployments.push(created);
      return { status: 201, json: created };
    }
    const of = Number(/^\/(\d+)\/statuses$/u.exec(below)?.[1]);
    if (method !== 'POST' || !deployments.some(({ id }) => id === of))
      return { status: 404, json: { message: 'Not Found' } };
    const given = Status.safeParse(jsonOf(text));
    if (!given.success) return { status: 422, json: { message: 'Validation Failed' } };
    statuses.push({ ...given.data, deployment: of });
    return { status: 201, json: { id: statuses.length, ...given.data } };
  });
  return { ...standin, deployments, statuses };
}
