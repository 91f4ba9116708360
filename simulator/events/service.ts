import { Server } from 'node:http';
import { Clock } from '../clock';
import { inputFor, InputSelection } from './input';
import { checkPattern, matches, Pattern } from './pattern';
import { errorIn, Faults } from '../faults';
import { AccessDenied, IamService } from '../iam/service';
import { LambdaServiceError } from '../lambda/service-error';
import { Random } from '../random';
import { ApiError, jsonServer } from '../runtime/json-server';
import { QueueService } from '../sqs';

export interface BusEvent {
  readonly 'id': string;
  readonly 'source': string;
  readonly 'detail-type': string;
  readonly 'time': string;
  readonly 'resources': string[];
  readonly 'detail': unknown;
  readonly [field: string]: unknown;
}

export interface PutEventsEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string | object;
  readonly Resources?: string[];
}

export interface Target extends InputSelection {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

export interface Rule {
  readonly logicalId: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly scheduleExpression?: string;
  readonly eventPattern?: Pattern;
  readonly targets: readonly Target[];
}

/** One event handed to one target. */
export interface Delivery {
  readonly time: number;
  readonly rule: string;
  readonly target: string;
  readonly input: string;
  /** Why EventBridge could not deliver it. */
  readonly error?: string;
}

/** Hands input to the target; throws where that service refuses. */
export type TargetCaller = (target: Target, input: string, rule: Rule, event: BusEvent) => void;

export interface EventsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly iam: IamService;
  readonly region: string;
  readonly account: string;
  readonly queues: QueueService;
  readonly call: TargetCaller;
  /** EventBridge delivers at least once. @default 1 */
  readonly timesDelivered?: number;
  /** @default 0 */
  readonly deliveredAgainAfterSeconds?: number;
}

/** How long an event takes from its source to its targets. */
export const EVENT_DELAY_SECONDS = 0.5;

/**
 * Quotas by default; which error a pattern that is too long gets is not documented.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const [MOST_RULES, MOST_TARGETS, LONGEST_PATTERN] = [300, 5, 2048];

/** By default, for 24 hours and up to 185 times: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const [MOST_RETRIES, OLDEST_SECONDS] = [185, 86_400];
/** How long it waits, longer each time, is not documented. */
const FIRST_RETRY_SECONDS = 10;

/** The default event bus. */
export class EventsService {
  readonly log: BusEvent[] = [];
  readonly deliveries: Delivery[] = [];
  /** What targets' services answer. */
  readonly faults: Faults<'Deliver'>;
  private readonly rules = new Map<string, Rule>();

  constructor(private readonly options: EventsOptions) {
    this.faults = new Faults(options.clock);
  }

  putRule(rule: Rule): void {
    if (rule.eventPattern) checkPattern(rule.eventPattern);
    const isNew = !this.rules.has(rule.arn);
    const isTooMuch = (isNew && this.rules.size >= MOST_RULES) || rule.targets.length > MOST_TARGETS
      || JSON.stringify(rule.eventPattern ?? {}).length > LONGEST_PATTERN;
    if (isTooMuch) throw new ApiError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    this.rules.set(rule.arn, rule);
  }

  deleteRule(arn: string): void {
    this.rules.delete(arn);
  }

  /** Lets a schedule come due. */
  fire(ruleArn: string): void {
    const rule = this.rules.get(ruleArn);
    if (!rule?.scheduleExpression) throw new Error(`Rule ${ruleArn} does not exist or has no schedule, so it cannot be fired.`);
    if (!rule.enabled) throw new Error(`Rule ${ruleArn} is disabled, so its schedule does not come due.`);
    this.deliver(rule, this.event({ Source: 'aws.events', DetailType: 'Scheduled Event', Detail: {}, Resources: [ruleArn] }));
  }

  put(entry: PutEventsEntry): BusEvent {
    const event = this.event(entry);
    this.log.push(event);
    for (const rule of this.rules.values()) {
      if (!rule.enabled || !rule.eventPattern || !matches(rule.eventPattern, event)) continue;
      void this.options.clock.sleep(EVENT_DELAY_SECONDS * 1000).then(() => this.deliver(rule, event));
    }
    return event;
  }

  putEvents(entries: PutEventsEntry[], authorize: (action: string, resource: string) => void): object {
    authorize('events:PutEvents', `arn:aws:events:${this.options.region}:${this.options.account}:event-bus/default`);
    return { FailedEntryCount: 0, Entries: entries.map((entry) => ({ EventId: this.put(entry).id })) };
  }

  /** The EventBridge API, for what code in Lambda calls. */
  server(): Server {
    return jsonServer(({ operation, input, accessKeyId }) => {
      if (operation !== 'PutEvents') throw new ApiError('UnknownOperationException', `The simulator has no events:${operation}; see simulator/events/service.ts.`);
      return this.putEvents(input.Entries as PutEventsEntry[], (action, resource) => this.options.iam.authorizeKey(accessKeyId, action, [resource]));
    });
  }

  private event({ Source, DetailType, Detail, Resources = [] }: PutEventsEntry): BusEvent {
    const { clock, random, account, region } = this.options;
    return {
      'version': '0',
      'id': random.uuid(),
      'detail-type': DetailType,
      'source': Source,
      account,
      // EventBridge's times have no fraction.
      'time': new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      'resources': Resources,
      'detail': typeof Detail === 'string' ? JSON.parse(Detail) as unknown : Detail,
    };
  }

  private deliver(rule: Rule, event: BusEvent): void {
    for (const target of rule.targets) {
      const input = inputFor(target, event, rule.arn);
      const hand = (): void => void this.deliverUntil(target, input, rule, event);
      const { clock, timesDelivered = 1, deliveredAgainAfterSeconds: later = 0 } = this.options;
      hand();
      for (let copy = 1; copy < timesDelivered; copy++) {
        if (later > 0) void clock.sleep(copy * later * 1000).then(hand);
        else hand();
      }
    }
  }

  /**
   * Tries again what may pass, as long as the target wants; what cannot pass, such as a missing permission, and what has not passed goes to
   * the target's dead-letter queue, if it has one. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   */
  private async deliverUntil(target: Target, input: string, rule: Rule, event: BusEvent): Promise<void> {
    const { clock } = this.options;
    const { MaximumRetryAttempts = MOST_RETRIES, MaximumEventAgeInSeconds = OLDEST_SECONDS } = target.RetryPolicy ?? {};
    const tooOldAt = clock.now() + Number(MaximumEventAgeInSeconds) * 1000;
    for (let retries = 0, wait = FIRST_RETRY_SECONDS * 1000; ; retries++, wait *= 2) {
      const error = this.attempt(target, input, rule, event);
      this.deliveries.push({ time: clock.now(), rule: rule.logicalId, target: target.Arn, input, error: error && `${error.name}: ${error.message}` });
      if (!error) return;
      const exhausted = retries >= Number(MaximumRetryAttempts) ? 'MaximumRetryAttempts'
        : clock.now() + wait > tooOldAt ? 'MaximumEventAgeInSeconds' : undefined;
      if (exhausted || !mayPass(error)) {
        this.bury(target, rule, event, {
          ERROR_CODE: error.name,
          ERROR_MESSAGE: error.message,
          RETRY_ATTEMPTS: String(retries),
          ...(mayPass(error) && exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted } : {}),
        });
        return;
      }
      await clock.sleep(wait);
    }
  }

  private bury({ Arn, DeadLetterConfig }: Target, { arn, logicalId }: Rule, event: BusEvent, why: Record<string, string>): void {
    const queue = DeadLetterConfig?.Arn;
    if (queue === undefined) return;
    const message = { body: JSON.stringify(event), attributes: { RULE_ARN: arn, TARGET_ARN: Arn, ...why } };
    const error = refusalOf(() => this.options.queues.send(queue, 'events.amazonaws.com', arn, message));
    if (error) this.deliveries.push({ time: this.options.clock.now(), rule: logicalId, target: queue, input: message.body, error: `${error.name}: ${error.message}` });
  }

  private attempt(target: Target, input: string, rule: Rule, event: BusEvent): Error | undefined {
    const { delaySeconds, ending } = this.faults.next('Deliver');
    if (delaySeconds > 0) throw new Error('Events are late by behaviours, not by a fault.');
    const fault = errorIn(ending);
    return refusalOf(() => {
      if (fault) throw new ApiError(fault.code, fault.message ?? '(simulated)', fault.status ?? 500);
      this.options.call(target, input, rule, event);
    });
  }
}

function refusalOf(call: () => void): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof AccessDenied || error instanceof ApiError || error instanceof LambdaServiceError) return error;
    throw error;
  }
}

const mayPass = (error: Error): boolean =>
  (error instanceof LambdaServiceError && error.isTransient) || (error instanceof ApiError && (error.status >= 500 || error.code === 'ThrottlingException'));
