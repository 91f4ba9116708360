import { Aspects, aws_iam as iam, IResolveContext } from 'aws-cdk-lib';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';

/** What the final template says counts: what Aspects, overrides and assignments have made of an app once it is synthesized. */

/** Does something whenever more is known of the app, the last time when nothing changes any more. So it has to be idempotent. */
export function whenFinal(construct: IConstruct, act: () => void): void {
  // Validations come after all Aspects, but somebody may do without them.
  Aspects.of(construct).add({ visit: (node) => { if (node === construct) act(); } });
  construct.node.addValidation({
    validate() {
      act();
      return [];
    },
  });
}

/** Returns what somebody may depend on before it is known: it is asked for when the dependencies are written into the template. */
export function lateDependency(roots: () => IConstruct[]): IDependable {
  const dependency: IDependable = {};
  Dependable.implement(dependency, { get dependencyRoots() { return roots(); } });
  return dependency;
}

/** A policy whose statements are asked for when the template is written. Without any it is not in the template. */
export class LatePolicy extends iam.Policy {
  constructor(scope: Construct, id: string, statements: () => iam.PolicyStatement[]) {
    super(scope, id, { document: new LatePolicyDocument(statements) });
  }

  /** A role that compares the names of its policies does not make CDK take them for referenced. */
  public override get policyName(): string {
    return this.physicalName;
  }
}

class LatePolicyDocument extends iam.PolicyDocument {
  constructor(private readonly late: () => iam.PolicyStatement[]) {
    super();
  }

  public override get isEmpty(): boolean {
    return this.late().length === 0;
  }

  public override resolve(context: IResolveContext): unknown {
    // What is not in the template is still seen by Aspects and by cdk-nag.
    return this.current().resolve(context) ?? { Statement: [], Version: '2012-10-17' };
  }

  public override toJSON(): unknown {
    return this.current().toJSON();
  }

  private current(): iam.PolicyDocument {
    return new iam.PolicyDocument({ statements: this.late() });
  }
}
