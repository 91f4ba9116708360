import { createHash } from 'crypto';

/** The names of executions that deployments start: what later steps have to know of them without reading their input. */

export const hash = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** JSON with sorted keys, so that equal things have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => inner && typeof inner === 'object' && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    : inner);
}

interface Table {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
}

export const RELEASE = '-release-';

/** Marks the execution that releases this table before its custom resource is deleted. */
export const releaseMark = ({ membershipIdentifier, intermediateTableIdentifier }: Table): string =>
  `${RELEASE}${hash(`${membershipIdentifier}/${intermediateTableIdentifier}`, 8)}-`;

/** Marks the execution of a deployment that may populate, with what it would make. */
export const populateMark = (fingerprint: string): string => `-populate-${fingerprint}-`;

/** Marks the execution of a deployment that leaves the table as it is. */
export const KEEP = '-keep-';

/** Whether a deployment that is not a release has started the execution. */
export const isDeployment = (name: string): boolean => name.includes(KEEP) || fingerprintIn(name) !== undefined;

/** The fingerprint of what an execution was started to make, where its name tells. */
export const fingerprintIn = (name: string): string | undefined => name.match(/-populate-([0-9a-f]+)-/)?.[1];

/**
 * CloudFormation may deliver one event twice, and reuses a RequestId for a retried deployment, whose ResponseURL differs
 * (https://github.com/aws/aws-cdk/issues/35957). An execution's name is used once in 90 days: equal events have equal names.
 */
export const requestHash = (event: { readonly RequestId: string; readonly ResponseURL: string; readonly RequestType: string }): string =>
  hash([event.RequestId, event.ResponseURL, event.RequestType].join('\n'), 24);
