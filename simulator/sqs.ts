import { evaluate, PolicyDocument, trusts } from './iam/policy';
import { AccessDenied } from './iam/service';

export interface Message {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Queue {
  readonly messages: Message[];
  policy?: PolicyDocument;
}

/** Queues, as far as a service sends to them by leave of their own policies. Nobody here fetches what is in them. */
export class QueueService {
  private readonly queues = new Map<string, Queue>();

  /** Creates one, or leaves one that is there as it is. */
  put(arn: string): void {
    if (!this.queues.has(arn)) this.queues.set(arn, { messages: [] });
  }

  delete(arn: string): void {
    this.queues.delete(arn);
  }

  arnOf(url: string): string {
    const [, region, account, name] = /^https:\/\/sqs\.([^.]+)\.[^/]+\/(\d+)\/(.+)$/.exec(url)!;
    return `arn:aws:sqs:${region}:${account}:${name}`;
  }

  /** Of each queue there is one, the last: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  setPolicy(arn: string, policy?: PolicyDocument): void {
    const queue = this.queues.get(arn);
    if (queue) queue.policy = policy;
  }

  messages(arn: string): readonly Message[] {
    return this.queues.get(arn)?.messages ?? [];
  }

  /** For a service, on behalf of what it acts for. */
  send(arn: string, service: string, sourceArn: string, message: Message): void {
    const queue = this.queues.get(arn);
    const statements = [queue?.policy?.Statement ?? []].flat().filter((Statement) => trusts({ Statement }, service));
    if (!queue || evaluate([{ Statement: statements }], { action: 'sqs:SendMessage', resource: arn, context: { 'aws:SourceArn': sourceArn } }) !== 'allowed') {
      throw new AccessDenied(`${service} may not send to ${arn} for ${sourceArn}: there is no such queue, or its policy does not let it.`);
    }
    queue.messages.push(message);
  }
}
