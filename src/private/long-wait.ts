import { CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { canonical, hash } from '../handlers/execution-name';

/**
 * CloudFormation waits for a custom resource for an hour at most, for a wait condition for twelve. Always twelve, although the run's
 * own deadline comes first: a wait condition cannot be updated, and a new one would be a new wait.
 */
const CONDITION_SECONDS = 43_200;
const RESOURCE_SECONDS = 3_600;
/** For winding up after our own deadline, and before it for Lambda to try a deployment function again that crashed or stalled: our message is to win. */
const MARGIN_SECONDS = 600;

export const resourceTimeout = (timeout: Duration): Duration =>
  Duration.seconds(Math.min(timeout.toSeconds() + MARGIN_SECONDS, RESOURCE_SECONDS));

/**
 * Waits for a population that may take more than an hour: the custom resource only starts it, a wait condition waits for it,
 * and a last custom resource reads its result.
 *
 * A wait condition waits once. It is made anew exactly when what a populate depends on changes in the template.
 */
export class LongWait {
  private readonly result: CustomResource;
  private handle?: CfnWaitConditionHandle;
  private condition?: CfnWaitCondition;

  constructor(
    private readonly scope: Construct,
    private readonly starter: () => CustomResource,
    serviceToken: string,
    /** What makes a populate due when it changes. */
    private readonly due: unknown,
  ) {
    this.result = new CustomResource(scope, 'Version', {
      serviceToken,
      resourceType: 'Custom::IntermediateTableVersion',
      // It reads what is known already.
      serviceTimeout: Duration.seconds(MARGIN_SECONDS),
      properties: {
        Execution: Lazy.string({ produce: () => starter().getAttString('Execution') }),
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

  /** Makes the wait condition for the definition; at synthesis, when all its values are final. */
  public complete(): void {
    const version = hash(canonical(Stack.of(this.scope).resolve(this.due)), 8);
    this.handle = new CfnWaitConditionHandle(this.scope, `WaitHandle${version}`);
    this.condition = new CfnWaitCondition(this.scope, `Wait${version}`, {
      handle: this.handle.ref,
      timeout: String(CONDITION_SECONDS),
      count: 1,
    });
    this.condition.node.addDependency(this.starter());
    this.result.node.addDependency(this.condition);
  }
}
