import type { Population, Populations } from './life';
import { machineArn, type Change, type StackListener } from './stack';
import { MEMBERSHIP } from './stack';
import type { World } from './world';
import { tableId } from '../../src/contract/definition';
import { resourceTimeoutSeconds, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS } from '../../src/contract/time';
import { deploy } from '../../src/handlers/deployment/deploy';
import { requestHash, type CloudFormationEvent } from '../../src/handlers/deployment/events';

/** A custom resource's request, and what came of it. */
export interface Sent extends Change {
  readonly number: number;
  readonly event: CloudFormationEvent;
  /** Its own run, but for a Delete whose table another resource populates. */
  readonly execution: string;
  readonly at: number;
  readonly done: (isSuccess: boolean, versionId?: string) => void;
  /** A newer request of the same logical id and table is there. */
  isOvertaken?: boolean;
  answer?: { readonly isSuccess: boolean; readonly reason: string; readonly data: Readonly<Record<string, string>> };
  answeredAt?: number;
}

/** CloudFormation's side of custom resources: events that come late or twice, answers that count once, and a limit to waiting. */
export class CloudFormation implements StackListener {
  public readonly sent: Sent[] = [];

  constructor(private readonly world: World) {}

  public log = (line: string): void => this.world.log(line);

  public says = (populations: Populations, isPending: boolean): void => this.world.oracle.templateSays(populations, isPending);

  public failed: StackListener['failed'] = (during, changes) => this.world.oracle.stackFailed(during, changes);

  public send(change: Change, properties: object, oldProperties: object | undefined, done: Sent['done']): void {
    const { time, life, oracle } = this.world;
    const { logicalId, type, population, before } = change;
    const number = this.sent.length + 1;
    const event: CloudFormationEvent = {
      RequestType: type,
      ResponseURL: `https://answers.test/${number}?X-Amz-Date=${new Date(time.millis()).toISOString().replace(/[-:]|\.\d+/g, '')}&secret-url`,
      StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/lives/1',
      RequestId: `request-${number}`,
      LogicalResourceId: logicalId,
      ...(type === 'Create' ? {} : { PhysicalResourceId: physicalId(before ?? population) }),
      ResourceProperties: properties as Record<string, unknown>,
      ...(oldProperties ? { OldResourceProperties: oldProperties as Record<string, unknown> } : {}),
    };
    const execution = `${machineArn(logicalId).replace(':stateMachine:', ':execution:')}:cfn-${requestHash(event)}`;
    const sent: Sent = { ...change, number, event, execution, at: time.now, done };
    // A Delete is sent for what has failed, too; nobody listens any more to what has not answered by then.
    this.sent.filter((other) => other.logicalId === logicalId && other.population.table === population.table && (type !== 'Delete' || !other.answer))
      .forEach((other) => { other.isOvertaken = true; });
    this.sent.push(sent);
    this.log(`CloudFormation sends ${number}: ${type} ${logicalId} ${population.table} ${population.definition} (${execution.slice(-24, -20)})`);
    const { late = 0, again } = life.deliveries[number] ?? {};
    time.after(0.5 + late, () => this.deliver(sent, LAMBDA_RETRIES));
    if (again !== undefined) {
      time.after(0.5 + again, () => this.deliver(sent, LAMBDA_RETRIES));
    }
    time.after(resourceTimeoutSeconds(population.timeoutSeconds ?? 3_300), () => {
      if (!sent.answer) {
        oracle.bad('UNANSWERED', `${number} ${type} ${logicalId}`);
        this.answered(sent, false, 'CloudFormation did not receive a response', {});
      }
    });
  }

  /** A PUT to the ResponseURL: the first counts. */
  public put(url: string, body: string): void {
    const { oracle } = this.world;
    const sent = this.sent.find(({ event }) => event.ResponseURL === url);
    if (!sent) {
      throw new Error('Nobody waits at this URL.');
    }
    const { event, population } = sent;
    const { Status, Reason = '', Data = {}, ...about } = JSON.parse(body);
    oracle.said(`answer to ${sent.number}`, body);
    const isRight = Buffer.byteLength(body) <= 4_096 && about.PhysicalResourceId === physicalId(population)
      && (['StackId', 'RequestId', 'LogicalResourceId'] as const).every((name) => about[name] === event[name]);
    if (!isRight) {
      oracle.bad('WRONG_ANSWER', `${sent.number}: ${body.slice(0, 300)}`);
    }
    if (!sent.answer) {
      this.answered(sent, Status === 'SUCCESS', Reason, Data);
    }
  }

  private deliver(sent: Sent, [retry, ...retries]: readonly number[]): void {
    const { processes, deploymentPorts, time } = this.world;
    processes.spawn(`event ${sent.number}`, DEPLOYMENT_FUNCTION_TIMEOUT_SECONDS, (process) => deploy(sent.event, deploymentPorts(process)), ({ how }) => {
      if (how !== 'RETURNED' && retry !== undefined) {
        time.after(retry, () => this.deliver(sent, retries));
      }
    });
  }

  private answered(sent: Sent, isSuccess: boolean, reason: string, data: Readonly<Record<string, string>>): void {
    sent.answer = { isSuccess, reason, data };
    sent.answeredAt = this.world.time.now;
    this.log(`CloudFormation hears of ${sent.number} ${sent.type} ${sent.logicalId}: ${isSuccess ? `SUCCESS ${data.status ?? ''} ${data.versionId ?? ''}` : `FAILED ${reason.slice(0, 120)}`}`);
    this.world.oracle.answered(sent);
    sent.done(isSuccess, data.versionId);
  }
}

/** Lambda hands an event that broke over again after one minute, and after two more. */
const LAMBDA_RETRIES = [60, 120];

const physicalId = ({ table }: Population): string => tableId({ membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: table });
