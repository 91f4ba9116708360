import { CfnResource, DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';

/**
 * Returns the tokens that a property of the resource is made of, as its template is going to have it: whatever joins them, produces them late
 * or overrides what was given.
 *
 * @param property in either case, as in `source`: CDK knows a property by one name, and overrides by the other
 */
export function tokensIn(resource: CfnResource, property: string): IResolvable[] {
  const collector = new Collector(property.toLowerCase());
  Tokenization.resolve(resource._toCloudFormation(), { scope: resource, resolver: collector, preparing: true });
  return [...collector.tokens];
}

class Collector extends DefaultTokenResolver {
  public readonly tokens = new Set<IResolvable>();

  constructor(private readonly property: string) {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (context.documentPath.some((key) => key.toLowerCase() === this.property)) {
      this.tokens.add(token);
    }
    return super.resolveToken(token, context, postProcessor);
  }
}

/** Returns the reference to a resource that the token is, be it a strong or a weak one. */
export function referenceOf(token: IResolvable | undefined): Reference | undefined {
  // CDK's token of a weak reference has the reference itself as a member.
  const behind = (token as { readonly reference?: unknown } | undefined)?.reference;
  return [token, behind].find((each): each is Reference => each !== undefined && Reference.isReference(each));
}
