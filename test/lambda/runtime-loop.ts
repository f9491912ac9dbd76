import { pathToFileURL } from 'node:url';

// What a function's runtime does: it loads the handler, asks the runtime API for events one by one, and posts what the
// handler resolves to. Started by `sandbox.ts` with the address of the API and the file of the function.

interface Context {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}
type Handler = (event: unknown, context: Context) => Promise<unknown>;

const api = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;
const post = (path: string, body: unknown) =>
  fetch(`${api}${path}`, { method: 'POST', body: JSON.stringify(body ?? null) });
const asError = (error: unknown) => ({
  errorMessage: error instanceof Error ? error.message : String(error),
  errorType: error instanceof Error ? error.name : 'Error',
});

let handler: Handler;
try {
  ({ handler } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { handler: Handler });
} catch (error) {
  await post('/init/error', asError(error));
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id') ?? '';
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    await post(`/invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`/invocation/${id}/error`, asError(error));
  }
}
