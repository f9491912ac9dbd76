import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedFor } from './signed.ts';

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:fairlead-AbCdEf';

/** A stand-in for Secrets Manager: one secret, by the documented JSON 1.1 protocol. */
export interface SecretsManager extends AsyncDisposable {
  readonly endpoint: string;
  /** What the next requests are answered with, one each; then the secret. */
  readonly failures: { readonly status: number; readonly type: string; readonly message: string }[];
  /** Requests so far. */
  asked(): number;
}

export async function startSecretsManager(secret: { readonly SecretString?: string }): Promise<SecretsManager> {
  const failures: { status: number; type: string; message: string }[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    const fail = (type: string, message: string, status = 400) => answer(status, { __type: type, Message: message });
    const handled = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      asked += 1;
      const failure = failures.shift();
      if (failure) return fail(failure.type, failure.message, failure.status);
      if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
        return fail('UnknownOperationException', '');
      if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
        return fail('UnknownOperationException', '');
      if (!isSignedFor('secretsmanager', request, body))
        return fail('InvalidSignatureException', 'The request signature we calculated does not match.');
      const { SecretId } = JSON.parse(body.toString()) as { readonly SecretId?: string };
      if (SecretId !== SECRET_ARN)
        return fail('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return answer(200, { ARN: SECRET_ARN, Name: 'fairlead', VersionStages: ['AWSCURRENT'], ...secret });
    };
    handled().catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}
