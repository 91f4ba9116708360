import { runSimulation, runUnsafeSimulation, Simulation } from '@cloud-copilot/iam-simulate';
import type { AccessRequest, Decision, PolicyDocument } from '../../simulator/iam/policy';

interface Question {
  readonly simulation: Simulation;
  readonly decision: Decision;
}

/** The answer to a question does not change: each is asked once. */
const asked = new Set<string>();
const open: Question[] = [];
const texts = new WeakMap<PolicyDocument, string>();

/** Takes a decision of the simulated IAM down, for another implementation to be asked about it once the test has ended. */
export function noteDecision(role: string, policies: readonly PolicyDocument[], request: AccessRequest, decision: Decision): void {
  if (isNew([...policies.map(textOf), JSON.stringify(request), decision].join('\n'))) {
    open.push({ simulation: simulationOf(role, policies, request), decision });
  }
}

/** Where the other implementation decides otherwise than the simulator has, since this was last asked. */
export async function disagreements(): Promise<string[]> {
  const opinions = await Promise.all(open.splice(0).map(async (question) => ({ ...question, theirs: await secondOpinion(question) })));
  return opinions.filter(({ decision, theirs }) => (decision === 'allowed') !== (theirs === 'Allowed'))
    .map(({ simulation: { request }, decision, theirs }) => `${request.action} on ${request.resource.resource}: ${decision}, and by the second opinion ${theirs}`);
}

/** Whether IAM knows the action, and such a resource for it, takes ten times as long to see: once for each kind of question. */
async function secondOpinion({ simulation }: Question): Promise<string> {
  const { action, resource } = simulation.request;
  // The short way fails on a resource's own policy.
  if (!isNew(`${action} ${kindOf(resource.resource)}`) && !simulation.resourcePolicy) {
    return runUnsafeSimulation(simulation, {});
  }
  const result = await runSimulation(simulation, {});
  return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
}

function simulationOf(role: string, policies: readonly PolicyDocument[], { action, resource, context = {} }: AccessRequest): Simulation {
  const accountId = resource.split(':')[4] || role.split(':')[4];
  return {
    request: { principal: role, action, resource: { resource, accountId }, contextVariables: context },
    identityPolicies: policies.map((policy, index) => ({ name: String(index), policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    // A key lets nobody in by IAM alone, unless its own policy says so: as CDK's and the console's do.
    resourcePolicy: action.startsWith('kms:') ? leftToIam(accountId) : undefined,
  };
}

const leftToIam = (accountId: string): object =>
  ({ Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' } });

/** Without what names one thing among others of its kind. */
const kindOf = (arn: string): string => arn.split(':').slice(5).join(':').split(/[:/]/).filter((_, index) => index % 2 === 0).join('/');

function isNew(key: string): boolean {
  const before = asked.size;
  return asked.add(key).size > before;
}

function textOf(policy: PolicyDocument): string {
  const text = texts.get(policy) ?? JSON.stringify(policy);
  texts.set(policy, text);
  return text;
}
