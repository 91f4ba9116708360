import { aws_iam as iam, IResolveContext } from 'aws-cdk-lib';

/** A policy whose statements are asked for when the template is written: Aspects may still change what they name. */
export class LatePolicyDocument extends iam.PolicyDocument {
  constructor(private readonly late: () => iam.PolicyStatement[]) {
    super();
  }

  public override get isEmpty(): boolean {
    return false;
  }

  public override resolve(context: IResolveContext): unknown {
    return this.current().resolve(context);
  }

  public override toJSON(): unknown {
    return this.current().toJSON();
  }

  private current(): iam.PolicyDocument {
    return new iam.PolicyDocument({ statements: this.late() });
  }
}
