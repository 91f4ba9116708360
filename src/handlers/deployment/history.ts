import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { fingerprintIn } from '../execution-name';

/** The state machine's own history: the memory of which properties made which version. */

export interface PastRun {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
}

/**
 * The newest run that succeeded, where the definition that it ran under is the one with this fingerprint; undefined where it is
 * another one or not known. A definition is in force from the deployment that brought it until the next one that may populate.
 */
export function runUnder(fingerprint: string, newestFirst: readonly PastRun[]): PastRun | undefined {
  const last = newestFirst.findIndex(({ status }) => status === 'SUCCEEDED');
  const inForce = newestFirst.slice(last).map(({ name }) => fingerprintIn(name)).find((found) => found !== undefined);
  return last >= 0 && inForce === fingerprint ? newestFirst[last] : undefined;
}

const MOST_PAGES = 10;

export async function pastRuns(client: SFNClient, stateMachineArn: string): Promise<PastRun[]> {
  const runs: PastRun[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 200, nextToken }));
    runs.push(...(answer.executions ?? []).map(({ executionArn, name, status }) => ({ executionArn: executionArn!, name: name!, status: status! })));
    nextToken = answer.nextToken;
    const settled = runs.findIndex(({ status }) => status === 'SUCCEEDED');
    if (!nextToken || (settled >= 0 && runs.slice(settled).some(({ name }) => fingerprintIn(name)))) {
      break;
    }
  }
  return runs;
}

export interface PastExecution {
  readonly status: string;
  readonly input?: { readonly deployment?: { readonly waitHandle?: string } };
  readonly output?: { readonly versionId?: string };
  readonly error?: string;
  readonly cause?: string;
}

export async function describeRun(client: SFNClient, executionArn: string): Promise<PastExecution> {
  const { status, input, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { status: status!, input: parsed(input), output: parsed(output), error, cause };
}

const parsed = <T>(json?: string): T | undefined => (json ? JSON.parse(json) as T : undefined);
