import { Aspects, CfnElement, CfnWaitCondition, CfnWaitConditionHandle, CustomResource, Duration, Stack } from 'aws-cdk-lib';
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
  private readonly handle: CfnWaitConditionHandle;
  private result?: CustomResource;

  constructor(private readonly scope: Construct) {
    this.handle = new CfnWaitConditionHandle(scope, 'WaitHandle');
  }

  /** The URL that the run signals. */
  public get handleUrl(): string {
    return this.handle.ref;
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
      timeout: String(CONDITION_LIMIT),
      count: 1,
    });
    condition.node.addDependency(starter);
    this.result = new CustomResource(this.scope, 'Version', {
      serviceToken,
      resourceType: 'Custom::IntermediateTableVersion',
      serviceTimeout: Duration.seconds(RESOURCE_LIMIT),
      properties: { Execution: starter.getAttString(EXECUTION_ATTRIBUTE), Signal: condition.attrData },
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
  // Validations come after all Aspects, but somebody may do without them.
  Aspects.of(elements[0]).add({ visit: renew });
  elements[0].node.addValidation({
    validate() {
      renew();
      return [];
    },
  });
}

const LENGTH = 8;
