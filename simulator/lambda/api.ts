import { createServer, IncomingMessage, Server } from 'node:http';
import { FunctionFailure } from './environment';
import { LambdaService } from './service';
import { LambdaServiceError } from './service-error';
import { AccessDenied, IamService } from '../iam/service';
import { accessKeyOf, ApiError, readBody } from '../runtime/json-server';

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The Lambda API, for functions that invoke others: nothing but `Invoke`. */
export function lambdaServer(lambda: LambdaService, iam: IamService): Server {
  return createServer((request, response) => {
    void invoke(lambda, iam, request).catch(refusal).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
}

async function invoke(lambda: LambdaService, iam: IamService, request: IncomingMessage): Promise<Answer> {
  const name = INVOKE.exec(request.url ?? '')?.[1];
  if (name === undefined) throw new ApiError('UnknownOperationException', `The simulator has no lambda:${request.url}; see simulator/lambda/api.ts.`, 404);
  const wanted = decodeURIComponent(name);
  const arn = lambda.arnOf(wanted) ?? wanted;
  iam.authorizeKey(accessKeyOf(request), 'lambda:InvokeFunction', [arn]);
  const payload = await readBody(request) || '{}';
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    lambda.invokeAsync(arn, payload);
    return { status: 202, body: '' };
  }
  try {
    return { status: 200, body: await lambda.invoke(arn, payload) };
  } catch (error) {
    if (!(error instanceof FunctionFailure)) throw error;
    return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(error.error) };
  }
}

function refusal(error: Error): Answer {
  const status = error instanceof AccessDenied ? 403 : error instanceof ApiError || error instanceof LambdaServiceError ? error.status : 400;
  return { status, headers: { 'x-amzn-errortype': error.name }, body: JSON.stringify({ message: error.message }) };
}
