import { CfnElement, CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { whenFinal } from './late';
import { EXECUTION_ATTRIBUTE, RESULT_ATTRIBUTE, type ResultProperties } from '../contract/custom-resource';
import { canonical, hash } from '../contract/hashing';
import { RESOURCE_LIMIT_SECONDS, WAIT_CONDITION_LIMIT_SECONDS } from '../contract/time';

/**
 * Waits for a population that may take more than an hour: the custom resource only starts it, a wait condition waits for it,
 * and a last custom resource reads its result.
 *
 * A wait condition waits once. It is made anew exactly when what a populate depends on changes in the template; a run that is due for
 * other reasons is waited for by the last resource, for an hour.
 */
export class LongWait {
  private readonly handle: CfnWaitConditionHandle;
  private result?: CustomResource;

  constructor(private readonly scope: Construct) {
    this.handle = new CfnWaitConditionHandle(scope, 'WaitHandle');
  }

  /** The URL that the run signals. */
  public get handleUrl(): string {
    return this.handle.ref;
  }

  /** The resource that a deploy ends with, once `follow()` was called. */
  public get last(): CustomResource {
    return this.result!;
  }

  /** Once `follow()` was called. */
  public getAtt(name: string): string {
    return this.result!.getAttString(name);
  }

  /** @param due what makes a populate due when it changes */
  public follow(starter: CustomResource, serviceToken: string, due: () => object): void {
    const condition = new CfnWaitCondition(this.scope, 'Wait', {
      handle: this.handle.ref,
      // Always the longest, although the run's own deadline comes first: one cannot be updated, and a new one would be a new wait.
      timeout: String(WAIT_CONDITION_LIMIT_SECONDS),
      count: 1,
    });
    condition.node.addDependency(starter);
    const properties: ResultProperties = {
      Execution: starter.getAttString(EXECUTION_ATTRIBUTE),
      Result: starter.getAttString(RESULT_ATTRIBUTE),
      Signal: condition.attrData.toString(),
    };
    this.result = new CustomResource(this.scope, 'Version', {
      serviceToken,
      resourceType: 'Custom::IntermediateTableVersion',
      serviceTimeout: Duration.seconds(RESOURCE_LIMIT_SECONDS),
      properties: { ...properties },
    });
    renewBy(due, [this.handle, condition]);
  }
}

/** Gives resources other logical ids, and so makes them anew, when something changes: as late as can be, when Aspects have made their changes. */
function renewBy(due: () => object, elements: readonly CfnElement[]): void {
  const bases = elements.map((element) => (element.stack.resolve(element.logicalId) as string).slice(0, 255 - LENGTH));
  const renew = () => {
    const version = hash(canonical(Stack.of(elements[0]).resolve(due())), LENGTH);
    elements.forEach((element, index) => element.overrideLogicalId(`${bases[index]}${version}`));
  };
  whenFinal(elements[0], renew);
}

const LENGTH = 8;
