import { createHash } from 'crypto';
import { CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** CloudFormation waits for a custom resource for an hour at most, for a wait condition for twelve. */
const LONGEST_CONDITION_SECONDS = 43_200;
/** For winding up after our own deadline, so that our message wins. */
export const MARGIN_SECONDS = 270;

/**
 * Waits for a population that may take more than an hour: the custom resource only starts it, a wait condition waits for it,
 * and a last custom resource reads its result.
 *
 * A wait condition waits once. It is made anew whenever what a populate depends on changes in the template.
 */
export class LongWait {
  private readonly result: CustomResource;
  private handle?: CfnWaitConditionHandle;

  constructor(
    private readonly scope: Construct,
    private readonly starter: () => CustomResource,
    serviceToken: string,
    private readonly timeoutSeconds: number,
    /** What makes a populate due when it changes. */
    private readonly definition: unknown,
  ) {
    this.result = new CustomResource(scope, 'Version', {
      serviceToken,
      resourceType: 'Custom::IntermediateTableVersion',
      properties: { Execution: Lazy.string({ produce: () => starter().getAttString('Execution') }) },
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
    const resolved: unknown = Stack.of(this.scope).resolve(this.definition);
    const hash = createHash('sha256').update(JSON.stringify(resolved)).digest('hex').slice(0, 8);
    this.handle = new CfnWaitConditionHandle(this.scope, `WaitHandle${hash}`);
    const condition = new CfnWaitCondition(this.scope, `Wait${hash}`, {
      handle: this.handle.ref,
      timeout: String(Math.min(this.timeoutSeconds + MARGIN_SECONDS, LONGEST_CONDITION_SECONDS)),
      count: 1,
    });
    condition.node.addDependency(this.starter());
    this.result.node.addDependency(condition);
  }
}
