import { Resource, Stack } from 'aws-cdk-lib';
import { IMembershipRef, MembershipReference } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { requireIdentifier } from './private/validation';

/**
 * References to memberships that this app does not define. One that it does define, a `CfnMembership`, is such a reference itself.
 */
export class Membership {
  /**
   * Refers to a membership of the stack's account and region.
   *
   * @param membershipIdentifier a UUID
   * @throws if the identifier is neither a UUID nor a token
   */
  public static fromMembershipIdentifier(scope: Construct, id: string, membershipIdentifier: string): IMembershipRef {
    requireIdentifier(scope, id, 'membershipIdentifier', membershipIdentifier);
    const membershipArn = Stack.of(scope).formatArn({ service: 'cleanrooms', resource: 'membership', resourceName: membershipIdentifier });
    return new ImportedMembership(scope, id, { membershipIdentifier, membershipArn });
  }

  private constructor() {}
}

class ImportedMembership extends Resource implements IMembershipRef {
  constructor(scope: Construct, id: string, public readonly membershipRef: MembershipReference) {
    super(scope, id);
  }
}
