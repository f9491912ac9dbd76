import { z } from 'zod';
import { jsonOf, serveReceiver } from './serve.ts';

/*
 * Grafana's annotations, after grafana/grafana docs/sources/developers/http_api/annotations.md: tags given several times are
 * all asked for, a patch changes text, tags, time and timeEnd, times are Unix milliseconds.
 */

export const TOKEN = 'glsa_0123456789abcdef';

const Fields = {
  text: z.string().min(1),
  tags: z.array(z.string().min(1)),
  time: z.int().min(1_000_000_000_000),
  timeEnd: z.int().min(1_000_000_000_000),
};
const Create = z.strictObject({ ...Fields, timeEnd: Fields.timeEnd.optional() });
const Patch = z.strictObject(Fields).partial();

export type Annotation = z.infer<typeof Create> & { readonly id: number };

export async function startGrafana() {
  const annotations: Annotation[] = [];
  const standin = await serveReceiver(({ method, path, query, headers, text }) => {
    if (headers.authorization !== `Bearer ${TOKEN}`)
      return { status: 401, json: { message: 'Invalid API key', traceID: '' } };
    const id = /^\/api\/annotations\/(\d+)$/u.exec(path)?.[1];
    if (method === 'GET' && path === '/api/annotations') {
      const wanted = query.getAll('tags');
      const found = annotations.filter(({ tags }) => wanted.every((tag) => tags.includes(tag)));
      return { status: 200, json: found.slice(0, Number(query.get('limit') ?? 100)) };
    }
    if (method === 'POST' && path === '/api/annotations') {
      const given = Create.safeParse(jsonOf(text));
      if (!given.success) return { status: 400, json: { message: 'bad request data' } };
      annotations.push({ ...given.data, id: annotations.length + 1 });
      return { status: 200, json: { message: 'Annotation added', id: annotations.length } };
    }
    if (method === 'PATCH' && id !== undefined) {
      const at = annotations.findIndex((one) => one.id === Number(id));
      const before = annotations[at];
      const given = Patch.safeParse(jsonOf(text));
      if (!before) return { status: 404, json: { message: 'Could not find annotation to update' } };
      if (!given.success) return { status: 400, json: { message: 'bad request data' } };
      annotations[at] = Object.assign({ ...before }, given.data);
      return { status: 200, json: { message: 'Annotation patched' } };
    }
    return { status: 404, json: { message: 'Not found' } };
  });
  return { ...standin, annotations };
}
