import { CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EXECUTION_ATTRIBUTE } from '../contract/custom-resource';
import { canonical, hash } from '../contract/hashing';
import { CONDITION_LIMIT, RESOURCE_LIMIT } from '../contract/time';

/**
 * Waits for a population that may take more than an hour: the custom resource only starts it, a wait condition waits for it,
 * and a last custom resource reads its result.
 *
 * A wait condition waits once. It is made anew exactly when what a populate depends on changes in the template; a run that is due for
 * other reasons is waited for by the last resource, for an hour.
 */
export class LongWait {
  private readonly result: CustomResource;
  private handle?: CfnWaitConditionHandle;
  private condition?: CfnWaitCondition;

  constructor(private readonly scope: Construct, private readonly starter: () => CustomResource, serviceToken: string) {
    this.result = new CustomResource(scope, 'Version', {
      serviceToken,
      resourceType: 'Custom::IntermediateTableVersion',
      serviceTimeout: Duration.seconds(RESOURCE_LIMIT),
      properties: {
        Execution: Lazy.string({ produce: () => starter().getAttString(EXECUTION_ATTRIBUTE) }),
        // Not there yet when the populations are put in order, which follows the execution instead.
        Signal: Lazy.any({ produce: () => this.condition?.attrData }),
      },
    });
  }

  /** The URL that the run signals. */
  public get handleUrl(): string {
    return Lazy.string({ produce: () => this.handle!.ref });
  }

  public getAtt(name: string): string {
    return this.result.getAttString(name);
  }

  /**
   * Makes the wait condition; at synthesis, when all values are final.
   *
   * @param due what makes a populate due when it changes
   */
  public complete(due: object): void {
    const version = hash(canonical(Stack.of(this.scope).resolve(due)), 8);
    this.handle = new CfnWaitConditionHandle(this.scope, `WaitHandle${version}`);
    this.condition = new CfnWaitCondition(this.scope, `Wait${version}`, {
      handle: this.handle.ref,
      // Always the longest, although the run's own deadline comes first: one cannot be updated, and a new one would be a new wait.
      timeout: String(CONDITION_LIMIT),
      count: 1,
    });
    this.condition.node.addDependency(this.starter());
    this.result.node.addDependency(this.condition);
  }
}
