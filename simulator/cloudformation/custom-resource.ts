import { Change, Existing, Made, ResourceHandler } from './services';
import { Refused, ResourceFailure } from './stack';
import { LambdaServiceError } from '../lambda/service-error';

interface Response {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly Data?: Record<string, unknown>;
}

const MOST_BYTES = 4096;
const LONGEST_PHYSICAL_ID = 1024;
const DEFAULT_TIMEOUT_SECONDS = 3600;

export const customResource: ResourceHandler = {
  abandonable: true,
  async create(change) {
    try {
      return made(change, await send(change, 'Create'));
    } catch (error) {
      // Whatever the function did before it failed is CloudFormation's to delete.
      const physicalId = error instanceof ResourceFailure && error.physicalId ? error.physicalId : change.generatedName;
      throw new ResourceFailure((error as Error).message, physicalId);
    }
  },
  async update(change, existing) {
    if (change.properties.ServiceToken !== existing.properties.ServiceToken) throw new Refused('Modifying service token is not allowed.');
    return made(change, await send(change, 'Update', existing), existing.physicalId);
  },
  async delete(change, existing) {
    await send(change, 'Delete', existing);
  },
};

function made({ generatedName }: Change, { PhysicalResourceId, Data = {} }: Response, previousId?: string): Made {
  return { physicalId: PhysicalResourceId ?? previousId ?? generatedName, attributes: Data };
}

function send(change: Change, requestType: 'Create' | 'Update' | 'Delete', existing?: Existing): Promise<Response> {
  const { services, properties, stack, logicalId, type } = change;
  const { clock, lambda, behaviours } = services;
  const requestId = requestIdFor(change, requestType);
  return new Promise((resolve, reject) => {
    const timeoutSeconds = Number(properties.ServiceTimeout ?? DEFAULT_TIMEOUT_SECONDS);
    const timeout = clock.setTimer(() => reject(new ResourceFailure(
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. `
      + 'If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.',
    )), timeoutSeconds * 1000);
    const event: Record<string, unknown> = {
      RequestType: requestType,
      ServiceToken: properties.ServiceToken,
      StackId: stack.id,
      RequestId: requestId,
      LogicalResourceId: logicalId,
      ResourceType: type,
      ...(existing ? { PhysicalResourceId: existing.physicalId } : {}),
      ResourceProperties: stringified(properties),
      ...(requestType === 'Update' ? { OldResourceProperties: stringified(existing!.properties) } : {}),
    };
    // The first response counts. A later one has nobody who waits for it.
    event.ResponseURL = services.inbox.open({ kind: 'custom resource', logicalId, event }, `${stack.id}|${logicalId}|${services.random.uuid()}`, (body) => {
      clock.clearTimer(timeout);
      try {
        resolve(read(body, event));
      } catch (error) {
        reject(error as Error);
      }
    });
    const deliver = (): void => lambda.invokeAsync(String(properties.ServiceToken), JSON.stringify(event));
    try {
      deliver();
    } catch (error) {
      clock.clearTimer(timeout);
      reject(new ResourceFailure((error as Error).message));
      return;
    }
    if (behaviours.deliverAgainAfterSeconds !== undefined) clock.setTimer(() => ignoring(deliver), behaviours.deliverAgainAfterSeconds * 1000);
  });
}

/** By then the function may be gone, which is nobody's concern. */
function ignoring(deliver: () => void): void {
  try {
    deliver();
  } catch (error) {
    if (!(error instanceof LambdaServiceError)) throw error;
  }
}

function read(body: string, event: Record<string, unknown>): Response {
  if (Buffer.byteLength(body) > MOST_BYTES) throw new ResourceFailure('Response object is too long.');
  let response: Response;
  try {
    response = JSON.parse(body) as Response;
  } catch {
    throw new ResourceFailure('Invalid response object: the response is not JSON.');
  }
  for (const field of ['StackId', 'RequestId', 'LogicalResourceId'] as const) {
    if (response[field] !== event[field]) throw new ResourceFailure(`Invalid response object: Value of property ${field} does not match the request.`);
  }
  const { Status, PhysicalResourceId, Reason } = response;
  if (Status !== 'SUCCESS' && Status !== 'FAILED') throw new ResourceFailure(`Invalid response object: Status "${String(Status)}" is neither SUCCESS nor FAILED.`);
  if (PhysicalResourceId !== undefined && (PhysicalResourceId === '' || Buffer.byteLength(PhysicalResourceId) > LONGEST_PHYSICAL_ID)) {
    throw new ResourceFailure('Invalid PhysicalResourceId');
  }
  if (Status === 'FAILED') {
    if (!Reason) throw new ResourceFailure('Invalid response object: Reason must be given for a FAILED status.', PhysicalResourceId);
    throw new ResourceFailure(`Received response status [FAILED] from custom resource. Message returned: ${Reason} (RequestId: ${String(event.RequestId)})`, PhysicalResourceId);
  }
  if (PhysicalResourceId === undefined && event.RequestType === 'Create') throw new ResourceFailure('Invalid PhysicalResourceId');
  return response;
}

/** CloudFormation knows no numbers or booleans in custom resources. */
function stringified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stringified);
  if (typeof value !== 'object' || value === null) return value === null || value === undefined ? value : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringified(inner)]));
}

function requestIdFor({ services, stack, logicalId }: Change, requestType: string): string {
  const key = `${stack.status} ${logicalId} ${requestType}`;
  const reused = services.behaviours.requestIds === 'reused' ? stack.requestIds.get(key) : undefined;
  const requestId = reused ?? services.random.uuid();
  stack.requestIds.set(key, requestId);
  return requestId;
}
